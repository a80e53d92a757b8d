/** The grants: what the database says who may see and act, without a good signature. */
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
    return all.length > 0
      ? all
      : [reportOk('every grant is signed, and made by an entry of the operator’s log')];
  },
};

const ofGrant = ({ kind, subject, why }: UnverifiedGrant): DoctorFinding =>
  reportFailed(
    `${kind} ${subject} is ${why}: it counts as absent`,
    'find out who wrote to the database; make the grant anew, or look through it: amanat grants adopt',
  );

/** What the program makes by itself always carries a MAC. */
const ofWork = (count: number): readonly DoctorFinding[] =>
  count === 0
    ? []
    : [
        reportFailed(
          `${count} messages, recipients, links, arrivals or deliveries carry no MAC: they count as absent`,
          'find out who wrote to the database; messages and recipients from before they were sealed: amanat grants adopt',
        ),
      ];

/** Statements that the operator's log names and the database lacks, and those that it has and no entry names. */
async function ofStatements(gateway: Judging): Promise<readonly DoctorFinding[]> {
  const [{ lost }, unnamed] = [await readStatements(gateway), await listUnnamedStatements(gateway)];
  return [
    ...lost.map(({ kind, party }) =>
      reportFailed(
        `${kind} ${party} is not as the operator’s log names it: what it is about counts as absent`,
        'find out who wrote to the database; import the statement again, or restore a backup',
      ),
    ),
    ...(unnamed.length === 0
      ? []
      : [
          reportWarning(
            `no entry of the operator’s log names ${unnamed.length} statements: that one is deleted would not show`,
            'look through them: amanat grants adopt',
          ),
        ]),
  ];
}

function stateOf({ guard }: Storing): DoctorFinding | undefined {
  switch (guard.state()) {
    case 'not-adopted':
      return reportFailed(
        'the grants are from before they were signed',
        'look through them: amanat grants adopt',
      );
    case 'log-broken':
      return reportFailed(
        'the operator’s log is not what was recorded: nothing is granted',
        'restore the database from a backup, and find out who could write to it: amanat log shows where',
      );
    case 'ready':
      return undefined;
  }
}
