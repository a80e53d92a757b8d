/** Runs every check of `amanat doctor` on a home folder and on its gateway. */
import type { Log } from '../../log.ts';
import { describeFailure } from '../failure.ts';
import type { HomeFolder } from '../home/home.ts';
import type { OpenedGateway } from '../node.ts';
import { authoritiesCheck } from './authorities.ts';
import { certificatesCheck } from './certificates.ts';
import type { DoctorCheck, DoctorFinding, ExaminedGateway } from './check.ts';
import { clockCheck } from './clock.ts';
import { confirmingCheck } from './confirming.ts';
import { databaseCheck } from './database.ts';
import { filesCheck } from './files.ts';
import { grantsCheck } from './grants.ts';
import { keysCheck } from './keys.ts';
import { ledgerCheck } from './ledger.ts';
import { lettersCheck } from './letters.ts';
import { mailCheck } from './mail.ts';
import { pinsCheck } from './pins.ts';
import { servingCheck } from './serving.ts';
import { settingsCheck } from './settings.ts';
import { statementsCheck } from './statements.ts';
import { telegramCheck } from './telegram.ts';

/** Time limit of one group of checks, in milliseconds. */
const AT_MOST = 30_000;

/** Checks of the home folder, in the order of display. */
const OF_HOME: readonly DoctorCheck<HomeFolder>[] = [
  settingsCheck,
  filesCheck,
  lettersCheck,
  mailCheck,
  telegramCheck,
  servingCheck,
];
const OF_GATEWAY: readonly DoctorCheck<ExaminedGateway>[] = [
  databaseCheck,
  keysCheck,
  grantsCheck,
  pinsCheck,
  statementsCheck,
  confirmingCheck,
  authoritiesCheck,
  certificatesCheck,
  clockCheck,
  ledgerCheck,
];

/** The group of the finding that the gateway cannot be opened. */
const OPENING = 'gateway';

/** The names of all groups of findings; docs/operate.md explains each. */
export const CHECK_NAMES: readonly string[] = [
  OPENING,
  ...[...OF_GATEWAY, ...OF_HOME].map(({ name }) => name),
];

/** A finding with the name of its group. */
export interface GroupFinding extends DoctorFinding {
  readonly check: string;
}

/**
 * Runs all checks. A gateway that cannot be opened is a finding too; the checks of the home folder run all the same.
 * @param open opens the gateway; this function closes it
 */
export async function examineAll(
  home: HomeFolder,
  open: () => Promise<OpenedGateway>,
): Promise<readonly GroupFinding[]> {
  const [ofHome, ofGateway] = await Promise.all([
    examined(OF_HOME, home),
    open().then(
      async (opened) => {
        try {
          return await examined(OF_GATEWAY, patientOf(home, opened));
        } finally {
          await opened.close();
        }
      },
      (fault: unknown) => [notOpened(fault)],
    ),
  ]);
  return [...ofGateway, ...ofHome];
}

/** Runs the quick checks at the start, which ask only the database, and logs what is not `ok`. */
export async function examineQuickly(
  home: HomeFolder,
  opened: OpenedGateway,
  log: Log,
): Promise<readonly GroupFinding[]> {
  const quick = <P>(checks: readonly DoctorCheck<P>[]): readonly DoctorCheck<P>[] =>
    checks.filter((one) => one.quick);
  const found = [
    ...(await examined(quick(OF_GATEWAY), patientOf(home, opened))),
    ...(await examined(quick(OF_HOME), home)),
  ].filter(({ verdict }) => verdict === 'failed' || verdict === 'warning');
  for (const { check, verdict, detail } of found) {
    if (verdict === 'failed') log.error('doctor.finding', { check, verdict, detail });
    else log.warn('doctor.finding', { check, verdict, detail });
  }
  return found;
}

const patientOf = (home: HomeFolder, { gateway, sql, typeset }: OpenedGateway): ExaminedGateway => ({
  home,
  gateway,
  sql,
  typeset,
});

async function examined<P>(checks: readonly DoctorCheck<P>[], patient: P): Promise<readonly GroupFinding[]> {
  const found = await Promise.all(
    checks.map(async (one) => (await limited(one, patient)).map((each) => named(one.name, each))),
  );
  return found.flat();
}

const named = (check: string, finding: DoctorFinding): GroupFinding => Object.assign({ check }, finding);

/** Turns an exception or a timeout of a check into a finding. */
async function limited<P>(check: DoctorCheck<P>, patient: P): Promise<readonly DoctorFinding[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly DoctorFinding[]>((resolve) => {
    timer = setTimeout(
      () => resolve([{ verdict: 'failed', detail: 'the check did not end in time', todo: 'run it again' }]),
      AT_MOST,
    );
  });
  try {
    return await Promise.race([check.examine(patient), late]);
  } catch (fault) {
    const { detail, help } = describeFailure(fault);
    return [{ verdict: 'failed', detail, todo: help }];
  } finally {
    clearTimeout(timer);
  }
}

function notOpened(fault: unknown): GroupFinding {
  const { detail, help } = describeFailure(fault);
  return { check: OPENING, verdict: 'failed', detail, todo: help };
}
