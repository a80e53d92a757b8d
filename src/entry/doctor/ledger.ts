/** The ledger: looked over once more, cosigned lately, and no alarm that nobody has looked at. */
import { checkOwnLedger } from '../../flow/ledger/check.ts';
import { readLedgerState } from '../../flow/ledger/state.ts';
import {
  type DoctorCheck,
  type DoctorFinding,
  type ExaminedGateway,
  reportFailed,
  reportFaultsOrOk,
  reportSkipped,
  reportWarning,
} from './check.ts';

/** Seconds without a cosignature or a reading that warn and that fail. A witness comes once a minute. */
const [LATE, VERY_LATE] = [600, 3_600];

export const ledgerCheck: DoctorCheck<ExaminedGateway> = {
  name: 'ledger',
  quick: false,
  examine: async ({ gateway }) => {
    await checkOwnLedger(gateway);
    const { own, watched } = await readLedgerState(gateway);
    if (own === null)
      return [reportSkipped('this gateway has no ledger, because its key is not an Ed25519 key')];
    const alarms = await gateway.store.ledger.alarmCount();
    return reportFaultsOrOk(
      [
        ...(alarms === 0
          ? []
          : [
              reportFailed(
                `nobody has examined ${alarms} alarms about ledgers`,
                'run amanat ledger status; docs/wire.md (Ledger) explains each alarm',
              ),
            ]),
        ...(watched.length === 0
          ? [reportWarning('no other gateway cosigns the ledger', 'connect one: amanat gateway import')]
          : late('entries wait for a cosignature', own.uncosigned_seconds)),
        ...watched.flatMap((one) => late(`${one.ledger} has not been read`, one.unread_seconds)),
      ],
      `${own.size} entries; none has waited longer than ${LATE / 60} minutes for a cosignature`,
    );
  },
};

function late(what: string, seconds: number): readonly DoctorFinding[] {
  if (seconds < LATE) return [];
  const detail = `${what} for ${Math.round(seconds / 60)} minutes`;
  const todo = 'check that the other gateway runs and that both can reach each other';
  return [seconds < VERY_LATE ? reportWarning(detail, todo) : reportFailed(detail, todo)];
}
