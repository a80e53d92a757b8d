/** `amanat keys rotate`: adds new keys beside the old ones, and ends the old ones. */
import type { Command } from 'commander';
import { readSettings } from '../config/settings.ts';
import { type Designation, didOfGateway } from '../domain/party/designation.ts';
import { Refusal } from '../domain/words/error.ts';
import { keepDesignation } from '../entry/enrolling/designating.ts';
import { makeUsageFailure } from '../entry/failure.ts';
import { hasAuthority, readHome, replaceSecret } from '../entry/home/home.ts';
import {
  beginMasterRotation,
  endMasterRotation,
  forgetKeysAside,
  isMasterRotating,
  listKeysAside,
  type RewrapResult,
  rewrapSecrets,
} from '../entry/home/master-rotation.ts';
import { draftRotation, draftRotationEnd, endKeyOverlap, rotateGatewayKey } from '../entry/home/rotation.ts';
import { checkFileFree, writeNewFile } from '../entry/new-file.ts';
import { readDirectory } from '../flow/directory/directory.ts';
import { makeOperatorAct } from '../flow/operator/operator-act.ts';
import { importSigningKey, publicHalfOf, readPrivateJwk } from '../seal/keys.ts';
import { signStatement } from '../seal/statement.ts';
import { findFocalPoint, loadAuthorityKey, type OpenedHome, withOpenedHome } from './opened-home.ts';
import { formatPairs, printAnswer, showProgress } from './output.ts';
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

/** How many rows get a new MAC in one statement. */
const RESEALED_AT_ONCE = 500;

export async function rotateKeys(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = command.opts<Flags>();
  const asked = [flags.focalPoint, flags.gateway, flags.master].filter((one) => one !== undefined);
  if (asked.length !== 1) throw makeUsageFailure('give exactly one of --focal-point, --gateway and --master');
  if (flags.focalPoint === undefined && (flags.as !== undefined || flags.out !== undefined))
    throw makeUsageFailure('--as and --out: only with --focal-point');
  if (flags.finish && flags.overlapDays !== undefined)
    throw makeUsageFailure('--overlap-days: --finish ends the overlap now');
  if (flags.forgetOld && (!flags.master || flags.finish))
    throw makeUsageFailure('--forget-old: only with --master, after --finish, and with no other flag');
  if (flags.gateway) return rotateGateway(terminal, flags);
  if (flags.master) return rotateMaster(terminal, flags);
  return rotateFocalPoint(terminal, flags.focalPoint ?? '', flags);
}

async function rotateFocalPoint(terminal: Terminal, slug: string, flags: Flags): Promise<void> {
  const { as, out } = flags;
  if (as === undefined) throw makeUsageFailure('missing: --as');
  checkFileFree('--out', out);
  checkCanSign(terminal, as, out);
  const { claims, isKept } = await withOpenedHome(terminal, (opened) =>
    rotated(terminal, opened, { slug, as }, flags),
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
  printAnswer(terminal, document, () => [
    ...formatPairs([
      ['signing keys', document.signing_keys.join(', ')],
      ['key agreement keys', document.agreement_keys.join(', ')],
      [
        'retiring',
        Object.entries(document.retires)
          .map((one) => one.join(' at '))
          .join(', ') || 'none',
      ],
      ['kept', isKept ? 'yes: the newest keys are used from now on' : 'no: the old keys stay in use'],
    ]),
    ...(isKept || out === undefined
      ? []
      : [
          '',
          `Next, on the machine with the authority’s key: amanat designation sign ${out} --key … --out …`,
          'then here, with the signed file: amanat designation import …',
        ]),
  ]);
}

/** Without the authority's key there must be a file for the draft. */
export function checkCanSign({ home }: Terminal, as: string, out: string | undefined): void {
  if (out === undefined && !hasAuthority(home, as))
    throw makeUsageFailure(
      `missing: --out; the key of the authority of ${as} is not in the home folder`,
      'Write the draft to a file and have the authority sign it.',
    );
}

/** An authority signs only for focal points of its own country. @throws Refusal `statement-refused` */
export function checkOwnFocalPoint(focalPoint: Designation, as: string): void {
  if (focalPoint.country !== as)
    throw new Refusal(
      'statement-refused',
      'only the authority of the focal point’s country can sign its designation',
    );
}

async function rotated(
  terminal: Terminal,
  opened: OpenedHome,
  { slug, as }: { readonly slug: string; readonly as: string },
  { finish, overlapDays = OVERLAP_DAYS, out }: Flags,
): Promise<{ readonly claims: Designation; readonly isKept: boolean }> {
  const { gateway } = opened;
  const { designation: focalPoint } = await findFocalPoint(opened, slug);
  checkOwnFocalPoint(focalPoint, as);
  const claims = finish
    ? draftRotationEnd(gateway, focalPoint)
    : await draftRotation(gateway, focalPoint, overlapDays);
  if (!hasAuthority(terminal.home, as)) {
    if (out !== undefined) writeNewFile('--out', out, `${JSON.stringify(claims, null, 2)}\n`, false);
    return { claims, isKept: false };
  }
  const signed = await signStatement('designation', claims, [await loadAuthorityKey(terminal.home, as)]);
  await keepDesignation(gateway, signed);
  if (out !== undefined) writeNewFile('--out', out, `${JSON.stringify(signed)}\n`, false);
  return { claims, isKept: true };
}

/** The environment overrides the file, so writing the file would change nothing. */
function checkFromHome({ env }: Terminal, name: string): void {
  if (env[name] !== undefined)
    throw new Refusal('configuration', `${name} is set in the environment; replace it there`);
}

async function rotateGateway(
  terminal: Terminal,
  { finish, overlapDays = OVERLAP_DAYS }: Flags,
): Promise<void> {
  for (const name of ['AMANAT_GATEWAY_KEY', 'AMANAT_GATEWAY_KEYS_OLD']) checkFromHome(terminal, name);
  const settings = readSettings(readHome(terminal.home, terminal.env).values);
  const now = terminal.now();
  const key = await importSigningKey(readPrivateJwk(settings.gatewayKey));
  const before = { did: didOfGateway(settings.url), key, oldKeys: settings.gatewayKeysOld, now: () => now };
  const made = finish ? undefined : await rotateGatewayKey(before, overlapDays);
  const old = made?.old ?? endKeyOverlap(before.oldKeys, now);
  // Recorded with the old key, which still signs: if the command stops here, it can be run again.
  await withOpenedHome(terminal, ({ gateway }) =>
    gateway.store.ledger.recordAct(
      makeOperatorAct(gateway, {
        act: finish ? 'gateway-key.finished' : 'gateway-key.rotated',
        subject: made?.key.kid ?? key.kid,
      }),
    ),
  );
  // The list of old keys is written first: after a crash between the two writes, the key is both in use and listed, and both are true.
  replaceSecret(terminal.home, 'AMANAT_GATEWAY_KEYS_OLD', JSON.stringify(old));
  if (made !== undefined) replaceSecret(terminal.home, 'AMANAT_GATEWAY_KEY', JSON.stringify(made.key));
  const document = {
    signs: made?.key.kid ?? key.kid,
    // For the authority, which designates this gateway under the new key.
    key: made === undefined ? key.publicJwk : publicHalfOf(made.key),
    old: old.map((one) => ({ kid: one.key.kid, until: one.until })),
  };
  printAnswer(terminal, document, () => [
    ...formatPairs([
      ['signs', document.signs],
      ...document.old.map(
        ({ kid, until }) => [now < new Date(until) ? 'retiring' : 'ended', `${kid}, ${until}`] as const,
      ),
    ]),
    '',
    'Next: restart every process of this gateway. If other gateways are connected, first have the authority',
    'designate this gateway under the new key and the old one.',
  ]);
}

/** Deletes the master keys that `--finish` set aside. They open nothing but old backups. */
async function forgetOldMasters(terminal: Terminal): Promise<void> {
  if (listKeysAside(terminal.home).length === 0)
    throw new Refusal('not-found', 'the home folder has no old master key to delete');
  await withOpenedHome(terminal, ({ gateway }) =>
    gateway.store.ledger.recordAct(
      makeOperatorAct(gateway, { act: 'master.forgotten', subject: gateway.master.id }),
    ),
  );
  const forgotten = forgetKeysAside(terminal.home);
  printAnswer(terminal, { forgotten }, () =>
    formatPairs(forgotten.map((one) => ['removed', `secrets/${one}`] as const)),
  );
}

async function rotateMaster(terminal: Terminal, flags: Flags): Promise<void> {
  if (flags.forgetOld) return forgetOldMasters(terminal);
  if (flags.overlapDays !== undefined)
    throw makeUsageFailure('--overlap-days: the old master key stays until --finish');
  const inHome = terminal.env['AMANAT_MASTER_KEY'] === undefined;
  // Keys in the environment are not ours to write: the operator must have set both the new key and the old one.
  if (!inHome && terminal.env['AMANAT_MASTER_KEY_OLD'] === undefined)
    throw new Refusal(
      'configuration',
      'AMANAT_MASTER_KEY is set in the environment; set it to the new key, and AMANAT_MASTER_KEY_OLD to the old one',
    );
  if (flags.finish && !inHome)
    throw new Refusal(
      'configuration',
      'remove AMANAT_MASTER_KEY_OLD from the environment once a rotation finds nothing more to rewrap',
    );
  if (flags.finish && !isMasterRotating(terminal.home))
    throw new Refusal('not-found', 'no rotation of the master key is in progress');
  await checkGrants(terminal);
  const isNew = inHome && !flags.finish && beginMasterRotation(terminal.home, terminal.chance.newToken());
  const counted = await withOpenedHome(terminal, async ({ gateway }) => {
    const done = await showProgress(terminal, 'Rewrapping secrets', () =>
      rewrapSecrets(gateway.store, gateway.master),
    );
    await showProgress(terminal, 'Signing grants again', () =>
      gateway.store.secrets.resealGrants(RESEALED_AT_ONCE),
    );
    const act = flags.finish ? 'master.finished' : 'master.rotated';
    if (flags.finish && done.unreadable === 0)
      await gateway.store.secrets.forgetMasterChecks(gateway.master.id);
    if (done.unreadable === 0)
      await gateway.store.ledger.recordAct(makeOperatorAct(gateway, { act, subject: gateway.master.id }));
    return done;
  });
  const isDone = counted.unreadable === 0;
  const aside = flags.finish && isDone ? await endMasterRotation(terminal.home) : undefined;
  reportMaster(terminal, counted, { isNew, aside });
  if (!isDone)
    throw new Refusal(
      'decryption-failed',
      `${counted.unreadable} secrets cannot be opened with any master key; the old master key stays`,
    );
}

/**
 * Checks before anything is changed: every grant gets a new MAC, so none may wait for adoption.
 * @throws Refusal `grants-not-adopted`, `operator-log-broken`
 */
const checkGrants = (terminal: Terminal): Promise<void> =>
  withOpenedHome(terminal, async ({ gateway }) => {
    // Reading the directory also verifies the log.
    await readDirectory(gateway, []);
    gateway.guard.end();
  });

function reportMaster(
  terminal: Terminal,
  counted: RewrapResult,
  { isNew, aside }: { readonly isNew: boolean; readonly aside: string | undefined },
): void {
  if (counted.unreadable > 0) return;
  const isFinished = aside !== undefined;
  const file = aside === undefined ? null : `secrets/${aside}`;
  printAnswer(terminal, { ...counted, new_key: isNew, finished: isFinished, old_key: file }, () => [
    ...formatPairs([
      ['secrets', String(counted.secrets)],
      ['rewrapped', String(counted.rewrapped)],
    ]),
    '',
    ...(isFinished
      ? [
          `The old master key is no longer used. It is kept in ${file}: older backups can be opened only with it.`,
          'When you have deleted those backups: amanat keys rotate --master --forget-old',
        ]
      : [
          'Older backups can be opened only with the old master key; keep it with them.',
          'Next, after all commands that started earlier have ended: amanat keys rotate --master --finish',
          'That moves the old key to another file in secrets/ and does not delete it.',
        ]),
  ]);
}
