/**
 * Officers' words as they are kept, and what one more of them changes. The desk's own gateway and the sender's ask the
 * same rule, so that both show the same word.
 */
import { advance, type DeliveryEvent } from '../../domain/carriage/delivery.ts';
import { type SaidWord, saidIn, standingOf } from '../../domain/evidence/standing.ts';
import { present } from '../../domain/words/present.ts';
import type { Change, Held } from '../../store/contracts/deliveries.ts';
import type { Settled } from '../../store/contracts/message-rows.ts';
import { claimsOf } from './readable.ts';

/** A word with its proof, JWS as text. */
export interface KeptWord extends SaidWord {
  readonly jws: string;
}

/** The words kept of this message to this desk, as far as they can be read. */
export const keptWords = (held: Held): readonly KeptWord[] =>
  held.words.flatMap((jws) => {
    const claims = claimsOf({ jws });
    const said = claims && saidIn(claims);
    return said === undefined ? [] : [{ ...said, jws }];
  });

/**
 * What a new word changes besides being kept: which word stands, whether others contradict it, and what is shown of
 * that. The held delivery shows the word; its siblings at the same desk show that it is settled, and so do reminders:
 * one that is still to go never goes.
 */
export function changeBy(held: Held, said: SaidWord, now: Date): Change {
  const { word, open } = standingOf([...keptWords(held), said]);
  const { settled, contested: before = false } = held.recipient ?? {};
  const contested = open.length > 0;
  const shown = (own: DeliveryEvent, others: DeliveryEvent): Change => ({
    contested,
    deliveries: [
      advance(held.delivery, own, now).delivery,
      ...[...held.siblings, ...held.reminders].map((one) => advance(one, others, now).delivery),
    ],
    // What the word asks for next has a clock of its own.
    chaseAt: now,
  });
  if (word !== undefined && word.id !== settled?.evidence) {
    const settles = settled !== undefined;
    const { decision } = word;
    const change = shown({ kind: 'decided', decision, settles }, { kind: 'settled-elsewhere', settles });
    return { ...change, settled: settledBy(word) };
  }
  return contested === before ? {} : shown({ kind: 'contested' }, { kind: 'contested' });
}

/** A word that stands, as it is shown of a recipient. */
export const settledBy = ({ id, decision, officer, ground, at }: SaidWord): Settled => ({
  decision,
  officer: officer.id,
  at: new Date(at),
  evidence: id,
  ...present({ ground }),
});
