/** Recording: an administrative act becomes the next entry of the operator's log, signed, in the transaction of its change. */
import { grantOf, type OperatorAct } from '../../domain/evidence/operator-act.ts';
import type { Gateway } from '../../gateway.ts';
import { payloadDigest } from '../../seal/statement.ts';
import type { Act } from '../../store/contracts/operator-log.ts';
import { type Issuer, issue } from '../evidence/issue.ts';

/** The parts of a gateway that record. */
export type Actor = Issuer & Pick<Gateway, 'now' | 'operator'>;

/** What was done, to what; `who` is whoever acts through this process where left out. */
export type Done = Pick<OperatorAct, 'act' | 'subject' | 'ends' | 'digest' | 'judged' | 'why'> &
  Partial<Pick<OperatorAct, 'who'>>;

/** The act as the store's verbs take it. It ends the entry that counts of the same grant, where there is one. */
export const acting =
  (gateway: Actor, { who = gateway.operator, ...done }: Done): Act =>
  async (log, terms = {}) => {
    const { last } = log;
    const place = (last?.place ?? 0) + 1;
    const previous = last === undefined ? {} : { previous: last.digest };
    const grant = grantOf(done);
    const ended = done.ends ?? (grant === undefined ? undefined : log.current(grant));
    const ends = ended === undefined ? {} : { ends: ended };
    const evidence = await issue(gateway, {
      event: 'OperatorAct',
      sender: gateway.did,
      at: gateway.now(),
      rests_on: undefined,
      operator: { ...done, ...terms, who, ...ends, place, ...previous },
    });
    return { place, digest: payloadDigest(JSON.parse(evidence.jws)), evidence, ...ends };
  };
