/** Checks the grants: rows that say who may see and act, and that carry no valid MAC. */
import { readStatements } from '../../flow/directory/directory.ts';
import { listUnnamedStatements } from '../../flow/operator/adopting.ts';
import type { Judging, Storing } from '../../gateway-parts.ts';
import type { UnverifiedGrant } from '../../store/contracts/secrets.ts';
import {
  type DoctorCheck,
  type DoctorFinding,
  type ExaminedGateway,
  reportFailed,
  reportOk,
  reportWarning,
} from './check.ts';

export const grantsCheck: DoctorCheck<ExaminedGateway> = {
  name: 'grants',
  quick: true,
  examine: async ({ gateway }) => {
    const unsound = await gateway.store.secrets.unverifiedGrants();
    const state = stateOf(gateway);
    if (state !== undefined) return [state];
    const unsealed = ofWork(await gateway.store.secrets.unsealedWork(true));
    const all = [...unsound.map(ofGrant), ...unsealed, ...(await ofStatements(gateway))];
    return all.length > 0 ? all : [reportOk('every grant is signed and has its entry in the operator’s log')];
  },
};

const ofGrant = ({ kind, subject, why }: UnverifiedGrant): DoctorFinding =>
  reportFailed(
    `${kind} ${subject} is ${why}: the gateway ignores it`,
    'find out who wrote to the database; make the grant again, or check and adopt it: amanat grants adopt',
  );

/** Rows without a MAC that the program makes itself: it always writes a MAC, so somebody else wrote these. */
const ofWork = (count: number): readonly DoctorFinding[] =>
  count === 0
    ? []
    : [
        reportFailed(
          `${count} messages, recipients, links, arrivals or deliveries have no MAC: the gateway ignores them`,
          'find out who wrote to the database; for messages and recipients that are older than these MACs: amanat grants adopt',
        ),
      ];

/** Statements that the operator's log names and the database lacks, and statements that no entry names. */
async function ofStatements(gateway: Judging): Promise<readonly DoctorFinding[]> {
  const [{ lost }, unnamed] = [await readStatements(gateway), await listUnnamedStatements(gateway)];
  return [
    ...lost.map(({ kind, party }) =>
      reportFailed(
        `${kind} ${party} is missing or differs from the operator’s log: the gateway ignores it`,
        'find out who wrote to the database; import the statement again, or restore a backup',
      ),
    ),
    ...(unnamed.length === 0
      ? []
      : [
          reportWarning(
            `no entry of the operator’s log names ${unnamed.length} statements: nobody would notice if one were deleted`,
            'check them, then adopt them: amanat grants adopt',
          ),
        ]),
  ];
}

function stateOf({ guard }: Storing): DoctorFinding | undefined {
  switch (guard.state()) {
    case 'not-adopted':
      return reportFailed(
        'the grants are from before they were signed',
        'check them, then adopt them: amanat grants adopt',
      );
    case 'log-broken':
      return reportFailed(
        'the operator’s log was changed: the gateway grants nothing',
        'restore the database from a backup, and find out who could write to it; amanat log shows the first wrong entry',
      );
    case 'ready':
      return undefined;
  }
}
