/** `amanat keys rotate`: new keys beside the old ones, and the end of the old ones. */
import type { Command } from 'commander';
import { readSettings } from '../config.ts';
import { type Designation, gatewayDid } from '../domain/party/party.ts';
import { Refusal } from '../domain/words/error.ts';
import { keepDesignation } from '../entry/enrolling/designating.ts';
import { usage } from '../entry/failure.ts';
import { hasAuthority, readHome, replaceSecret } from '../entry/home/home.ts';
import {
  beginMasterRotation,
  endMasterRotation,
  forgetKeysAside,
  isMasterRotating,
  keysAside,
  type Rewrapped,
  rewrapAll,
} from '../entry/home/master-rotation.ts';
import { draftFinish, draftRotation, endOverlap, rotateGatewayKey } from '../entry/home/rotation.ts';
import { checkFree, writeNew } from '../entry/new-file.ts';
import { directoryOf } from '../flow/directory/directory.ts';
import { acting } from '../flow/operator/acting.ts';
import { publicPart, readPrivateJwk, signingKey } from '../seal/keys.ts';
import { signStatement } from '../seal/statement.ts';
import { authorityKey, focalPointOf, type Office, withOffice } from './office.ts';
import { answer, pairs, progress } from './output.ts';
import { type Terminal, terminalOf } from './terminal.ts';

interface Flags {
  readonly focalPoint?: string;
  readonly as?: string;
  readonly gateway?: true;
  readonly master?: true;
  readonly overlapDays?: number;
  readonly finish?: true;
  readonly forgetOld?: true;
  readonly out?: string;
}

const OVERLAP_DAYS = 14;

/** Rows whose MAC is made anew in one statement. */
const RESEALED_AT_ONCE = 500;

export async function rotate(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = command.opts<Flags>();
  const asked = [flags.focalPoint, flags.gateway, flags.master].filter((one) => one !== undefined);
  if (asked.length !== 1) throw usage('give one of --focal-point, --gateway and --master');
  if (flags.focalPoint === undefined && (flags.as !== undefined || flags.out !== undefined))
    throw usage('--as and --out go with --focal-point');
  if (flags.finish && flags.overlapDays !== undefined)
    throw usage('--overlap-days: --finish ends the overlap now');
  if (flags.forgetOld && (!flags.master || flags.finish))
    throw usage('--forget-old goes with --master alone, after --finish');
  if (flags.gateway) return rotateGateway(terminal, flags);
  if (flags.master) return rotateMaster(terminal, flags);
  return rotateFocalPoint(terminal, flags.focalPoint ?? '', flags);
}

async function rotateFocalPoint(terminal: Terminal, slug: string, flags: Flags): Promise<void> {
  const { as, out } = flags;
  if (as === undefined) throw usage('missing: --as');
  checkFree('--out', out);
  checkCanEnd(terminal, as, out);
  const { claims, isKept } = await withOffice(terminal, (office) =>
    rotated(terminal, office, slug, as, flags),
  );
  const document = {
    did: claims.focal_point,
    slug: claims.slug,
    signing_keys: claims.keys.signing.map(({ kid }) => kid),
    agreement_keys: claims.keys.agreement.map(({ kid }) => kid),
    retires: claims.retires ?? {},
    kept: isKept,
    out: out ?? null,
  };
  answer(terminal, document, () => [
    ...pairs([
      ['keys to sign', document.signing_keys.join(', ')],
      ['keys to open', document.agreement_keys.join(', ')],
      [
        'retiring',
        Object.entries(document.retires)
          .map((one) => one.join(' at '))
          .join(', ') || 'none',
      ],
      ['kept', isKept ? 'yes: the newest keys are used from now on' : 'no: the old keys go on'],
    ]),
    ...(isKept || out === undefined
      ? []
      : [
          '',
          `Next, where the authority’s key is: amanat designation sign ${out} --key … --out …`,
          'and with the signed file here: amanat designation import …',
        ]),
  ]);
}

/** Without a key to sign by there must be a file for the draft. */
export function checkCanEnd({ home }: Terminal, as: string, out: string | undefined): void {
  if (out === undefined && !hasAuthority(home, as))
    throw usage(
      `missing: --out; the key of the authority of ${as} is not in the home folder`,
      'Write the draft to a file and have the authority sign it.',
    );
}

/** An authority signs for its own desks. @throws Refusal `statement-refused` */
export function checkOwn(desk: Designation, as: string): void {
  if (desk.country !== as)
    throw new Refusal('statement-refused', 'a designation is signed by the one authority of its own country');
}

async function rotated(
  terminal: Terminal,
  office: Office,
  slug: string,
  as: string,
  { finish, overlapDays = OVERLAP_DAYS, out }: Flags,
): Promise<{ readonly claims: Designation; readonly isKept: boolean }> {
  const { gateway } = office;
  const { desk } = await focalPointOf(office, slug);
  checkOwn(desk, as);
  const claims = finish ? draftFinish(gateway, desk) : await draftRotation(gateway, desk, overlapDays);
  if (!hasAuthority(terminal.home, as)) {
    if (out !== undefined) writeNew('--out', out, `${JSON.stringify(claims, null, 2)}\n`, false);
    return { claims, isKept: false };
  }
  const signed = await signStatement('designation', claims, [await authorityKey(terminal.home, as)]);
  await keepDesignation(gateway, signed);
  if (out !== undefined) writeNew('--out', out, `${JSON.stringify(signed)}\n`, false);
  return { claims, isKept: true };
}

/** A value of the environment stands over the file, so writing the file would change nothing. */
function checkFromHome({ env }: Terminal, name: string): void {
  if (env[name] !== undefined)
    throw new Refusal('configuration', `${name} comes from the environment; replace it where it is set`);
}

async function rotateGateway(
  terminal: Terminal,
  { finish, overlapDays = OVERLAP_DAYS }: Flags,
): Promise<void> {
  for (const name of ['AMANAT_GATEWAY_KEY', 'AMANAT_GATEWAY_KEYS_OLD']) checkFromHome(terminal, name);
  const settings = readSettings(readHome(terminal.home, terminal.env).values);
  const now = terminal.now();
  const key = await signingKey(readPrivateJwk(settings.gatewayKey));
  const before = { did: gatewayDid(settings.url), key, oldKeys: settings.gatewayKeysOld, now: () => now };
  const made = finish ? undefined : await rotateGatewayKey(before, overlapDays);
  const old = made?.old ?? endOverlap(before.oldKeys, now);
  // By the key that still signs: an act that is recorded and then broken off can be done again.
  await withOffice(terminal, ({ gateway }) =>
    gateway.store.ledger.recordAct(
      acting(gateway, {
        act: finish ? 'gateway-key.finished' : 'gateway-key.rotated',
        subject: made?.key.kid ?? key.kid,
      }),
    ),
  );
  // The old key first: a crash between the two leaves it both in use and listed, which is true.
  replaceSecret(terminal.home, 'AMANAT_GATEWAY_KEYS_OLD', JSON.stringify(old));
  if (made !== undefined) replaceSecret(terminal.home, 'AMANAT_GATEWAY_KEY', JSON.stringify(made.key));
  const document = {
    signs: made?.key.kid ?? key.kid,
    // For the authority that designates this gateway to others.
    key: made === undefined ? key.publicJwk : publicPart(made.key),
    old: old.map((one) => ({ kid: one.key.kid, until: one.until })),
  };
  answer(terminal, document, () => [
    ...pairs([
      ['signs', document.signs],
      ...document.old.map(
        ({ kid, until }) => [now < new Date(until) ? 'retiring' : 'ended', `${kid}, ${until}`] as const,
      ),
    ]),
    '',
    'Next: restart every process of this gateway. Where other gateways are connected, have the authority',
    'designate this gateway under the new key beside the old one before that.',
  ]);
}

/** Removes the master keys that `--finish` put aside. Whatever was wrapped under them is in backups only. */
async function forgetOldMasters(terminal: Terminal): Promise<void> {
  if (keysAside(terminal.home).length === 0)
    throw new Refusal('not-found', 'no old master key lies aside in the home folder');
  await withOffice(terminal, ({ gateway }) =>
    gateway.store.ledger.recordAct(acting(gateway, { act: 'master.forgotten', subject: gateway.master.id })),
  );
  const forgotten = forgetKeysAside(terminal.home);
  answer(terminal, { forgotten }, () =>
    pairs(forgotten.map((one) => ['removed', `secrets/${one}`] as const)),
  );
}

async function rotateMaster(terminal: Terminal, flags: Flags): Promise<void> {
  if (flags.forgetOld) return forgetOldMasters(terminal);
  if (flags.overlapDays !== undefined) throw usage('--overlap-days: the old master key stays until --finish');
  const inHome = terminal.env['AMANAT_MASTER_KEY'] === undefined;
  // Where the keys are set from outside, who set them there must have put the new one beside the old one.
  if (!inHome && terminal.env['AMANAT_MASTER_KEY_OLD'] === undefined)
    throw new Refusal(
      'configuration',
      'AMANAT_MASTER_KEY comes from the environment; set the new one there and the old one as AMANAT_MASTER_KEY_OLD',
    );
  if (flags.finish && !inHome)
    throw new Refusal(
      'configuration',
      'take AMANAT_MASTER_KEY_OLD out where it is set, once nothing is wrapped anew any more',
    );
  if (flags.finish && !isMasterRotating(terminal.home))
    throw new Refusal('not-found', 'no rotation of the master key is under way');
  await checkGrants(terminal);
  const isNew = inHome && !flags.finish && beginMasterRotation(terminal.home, terminal.chance.newToken());
  const counted = await withOffice(terminal, async ({ gateway }) => {
    const done = await progress(terminal, 'Wrapping secrets anew', () =>
      rewrapAll(gateway.store, gateway.master),
    );
    await progress(terminal, 'Signing grants anew', () =>
      gateway.store.secrets.resealGrants(RESEALED_AT_ONCE),
    );
    const act = flags.finish ? 'master.finished' : 'master.rotated';
    if (flags.finish && done.unreadable === 0)
      await gateway.store.secrets.forgetMasterChecks(gateway.master.id);
    if (done.unreadable === 0)
      await gateway.store.ledger.recordAct(acting(gateway, { act, subject: gateway.master.id }));
    return done;
  });
  const isDone = counted.unreadable === 0;
  const aside = flags.finish && isDone ? await endMasterRotation(terminal.home) : undefined;
  reportMaster(terminal, counted, { isNew, aside });
  if (!isDone)
    throw new Refusal(
      'decryption-failed',
      `${counted.unreadable} secrets open under no master key; the old one stays`,
    );
}

/**
 * Asks before anything is changed: every grant is sealed anew, so none may wait for the operator.
 * @throws Refusal `grants-not-adopted`, `operator-log-broken`
 */
const checkGrants = (terminal: Terminal): Promise<void> =>
  withOffice(terminal, async ({ gateway }) => {
    // The log is read with the directory.
    await directoryOf(gateway, []);
    gateway.guard.end();
  });

function reportMaster(
  terminal: Terminal,
  counted: Rewrapped,
  { isNew, aside }: { readonly isNew: boolean; readonly aside: string | undefined },
): void {
  if (counted.unreadable > 0) return;
  const isFinished = aside !== undefined;
  const file = aside === undefined ? null : `secrets/${aside}`;
  answer(terminal, { ...counted, new_key: isNew, finished: isFinished, old_key: file }, () => [
    ...pairs([
      ['secrets', String(counted.secrets)],
      ['wrapped anew', String(counted.rewrapped)],
    ]),
    '',
    ...(isFinished
      ? [
          `The old master key is not used any more. It lies aside in ${file}: backups from before open by it alone.`,
          'Once there are none: amanat keys rotate --master --forget-old',
        ]
      : [
          'Backups from before open by the old master key alone; keep it with them.',
          'Next, when commands begun before this one have ended: amanat keys rotate --master --finish',
          'It puts the old key aside in secrets/ and does not delete it.',
        ]),
  ]);
}
