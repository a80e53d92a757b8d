/** `amanat keys list`: lists everything that expires, with the days left. */
import type { Command } from 'commander';
import { type Designation, isInForceAt, type PublicJwk } from '../domain/party/designation.ts';
import { isEndedBy } from '../domain/party/in-force.ts';
import { daysUntil } from '../domain/words/ending.ts';
import { present } from '../domain/words/present.ts';
import { isMasterRotating } from '../entry/home/master-rotation.ts';
import { type Directory, readDirectory } from '../flow/directory/directory.ts';
import { listEndings } from '../flow/directory/expiry.ts';
import type { Judging, Verifying, Watching } from '../gateway-parts.ts';
import { withOpenedHome } from './opened-home.ts';
import { dayText, formatTable, printAnswer } from './output.ts';
import { terminalOf } from './terminal.ts';

interface Line {
  readonly what: string;
  readonly name: string;
  /** The fragment of the key id; null for anything that is not a key. */
  readonly key: string | null;
  readonly state: 'in use' | 'retiring' | 'ended' | 'withdrawn' | 'not yet';
  /** Null for a key that ends only when it is replaced. */
  readonly until: string | null;
  readonly days_left: number | null;
}

export async function listKeys(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const lines = await withOpenedHome(terminal, async ({ gateway, home }) => [
    ...(await focalPointLines(gateway)),
    ...(await otherLines(gateway)),
    ...gatewayLines(gateway),
    {
      ...line('master-key', 'gateway', undefined, gateway.now()),
      key: gateway.master.id,
      state: isMasterRotating(home.path) ? ('retiring' as const) : ('in use' as const),
    },
  ]);
  printAnswer(terminal, { keys: lines }, () =>
    formatTable(
      ['WHAT', 'NAME', 'KEY', 'STATE', 'UNTIL (UTC)', 'DAYS LEFT'],
      lines.map((one) => [
        one.what,
        one.name,
        one.key ?? '',
        one.what === 'master-key' && one.state === 'retiring' ? 'being rotated' : one.state,
        dayText(one.until),
        one.days_left === null ? '–' : String(one.days_left),
      ]),
    ),
  );
}

const line = (what: string, name: string, until: string | undefined, now: Date): Line => ({
  what,
  name,
  key: null,
  state: until === undefined || now < new Date(until) ? 'in use' : 'ended',
  until: until ?? null,
  days_left: until === undefined ? null : daysUntil(new Date(until), now),
});

async function focalPointLines(gateway: Judging): Promise<readonly Line[]> {
  const directory = await readDirectory(gateway);
  return directory.designations.flatMap((focalPoint) => [
    focalPointLine(directory, focalPoint, gateway.now()),
    ...keyLines('signing-key', focalPoint, focalPoint.keys.signing, gateway.now()),
    ...keyLines('agreement-key', focalPoint, focalPoint.keys.agreement, gateway.now()),
  ]);
}

function focalPointLine({ withdrawals }: Directory, designation: Designation, now: Date): Line {
  const one = line('designation', designation.slug, designation.until, now);
  if (withdrawals.some((each) => isEndedBy(each, designation))) return { ...one, state: 'withdrawn' };
  return isInForceAt(designation, now) || one.state === 'ended' ? one : { ...one, state: 'not yet' };
}

const byTime = (a: string, b: string): number => Date.parse(a) - Date.parse(b);

/** The newest key is the last; older keys stay in use until they retire. */
const keyLines = (
  what: string,
  focalPoint: Designation,
  keys: readonly PublicJwk[],
  now: Date,
): readonly Line[] =>
  keys.map(({ kid }, n) => {
    // A designation that ends or is withdrawn ends its keys, also before their retirement.
    const [until = focalPoint.until] = [
      focalPoint.retires?.[kid] ?? focalPoint.until,
      focalPoint.until,
    ].toSorted(byTime);
    const one = line(what, focalPoint.slug, until, now);
    const isOld = n < keys.length - 1 && one.state === 'in use';
    return {
      ...one,
      key: kid.split('#')[1] ?? '',
      ...present({ state: isOld ? ('retiring' as const) : undefined }),
    };
  });

async function otherLines(gateway: Watching): Promise<readonly Line[]> {
  const now = gateway.now();
  const { agreements } = await readDirectory(gateway);
  const begun = agreements.filter((one) => new Date(one.from) <= now).map((one) => one.id);
  const endings = (await listEndings(gateway)).filter(({ what }) => what !== 'designation');
  return endings.map(({ what, name, until }) => {
    const one = line(what, name, until.toISOString(), now);
    return what === 'agreement' && !begun.includes(name) ? { ...one, state: 'not yet' } : one;
  });
}

const gatewayLines = (gateway: Verifying): readonly Line[] => [
  ...gateway.oldKeys.map(({ key, until }) => {
    const one = line('evidence-key', 'gateway', until, gateway.now());
    const state = one.state === 'in use' ? ('retiring' as const) : one.state;
    return { ...one, state, key: key.kid.split('#')[1] ?? '' };
  }),
  {
    ...line('evidence-key', 'gateway', undefined, gateway.now()),
    key: gateway.key.kid.split('#')[1] ?? '',
  },
];
