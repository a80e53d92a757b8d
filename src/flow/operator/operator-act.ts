/**
 * Records an operator act as the next signed entry of the operator's log, in the transaction of the change.
 */
import { grantOfAct, type OperatorAct } from '../../domain/evidence/operator-act.ts';
import type { Gateway } from '../../gateway.ts';
import { digestOfPayload } from '../../seal/statement.ts';
import type { LogEntryMaker } from '../../store/contracts/operator-log.ts';
import { type EvidenceIssuer, issueEvidence } from '../evidence/issue.ts';

/** The parts of a gateway that record. */
type ActingGateway = EvidenceIssuer & Pick<Gateway, 'now' | 'operator'>;

/** The act and its subject. `who`: whoever acts through this process, if absent. */
type DoneAct = Pick<OperatorAct, 'act' | 'subject' | 'ends' | 'digest' | 'judged' | 'why'> &
  Partial<Pick<OperatorAct, 'who'>>;

/** The act as the store's functions take it. It ends the current entry of the same grant, if there is one. */
export const makeOperatorAct =
  (gateway: ActingGateway, { who = gateway.operator, ...done }: DoneAct): LogEntryMaker =>
  async (log, terms = {}) => {
    const { last } = log;
    const place = (last?.place ?? 0) + 1;
    const previous = last === undefined ? {} : { previous: last.digest };
    const grant = grantOfAct(done);
    const ended = done.ends ?? (grant === undefined ? undefined : log.current(grant));
    const ends = ended === undefined ? {} : { ends: ended };
    const evidence = await issueEvidence(gateway, {
      event: 'OperatorAct',
      sender: gateway.did,
      at: gateway.now(),
      rests_on: undefined,
      operator: { ...done, ...terms, who, ...ends, place, ...previous },
    });
    return { place, digest: digestOfPayload(JSON.parse(evidence.jws)), evidence, ...ends };
  };
