/**
 * Officers' words as they are kept, and what one more of them changes. The desk's own gateway and the sender's ask the
 * same rule, so that both show the same word.
 */
import { advanceDelivery, type DeliveryEvent } from '../../domain/carriage/delivery.ts';
import {
  acknowledgementIn,
  effectiveAcknowledgementOf,
  type KnownAcknowledgement,
} from '../../domain/evidence/effective-acknowledgement.ts';
import { present } from '../../domain/words/present.ts';
import type { DeliveryChange, HeldDelivery } from '../../store/contracts/deliveries.ts';
import type { EffectiveAcknowledgement } from '../../store/contracts/message-rows.ts';
import { readClaims } from './readable.ts';

/** A word with its proof, JWS as text. */
export interface KeptAcknowledgement extends KnownAcknowledgement {
  readonly jws: string;
}

/** The words kept of this message to this desk, as far as they can be read. */
export const readAcknowledgements = (held: HeldDelivery): readonly KeptAcknowledgement[] =>
  held.acknowledgements.flatMap((jws) => {
    const claims = readClaims({ jws });
    const acknowledgement = claims && acknowledgementIn(claims);
    return acknowledgement === undefined ? [] : [{ ...acknowledgement, jws }];
  });

/**
 * What a new word changes besides being kept: which word stands, whether others contradict it, and what is shown of
 * that. The held delivery shows the word; its siblings at the same desk show that it is settled, and so do reminders:
 * one that is still to go never goes.
 */
export function applyAcknowledgement(
  held: HeldDelivery,
  acknowledgement: KnownAcknowledgement,
  now: Date,
): DeliveryChange {
  const { effective: given, open } = effectiveAcknowledgementOf([
    ...readAcknowledgements(held),
    acknowledgement,
  ]);
  const { effectiveAcknowledgement: settled, contested: before = false } = held.recipient ?? {};
  const contested = open.length > 0;
  const shown = (own: DeliveryEvent, others: DeliveryEvent): DeliveryChange => ({
    contested,
    deliveries: [
      advanceDelivery(held.delivery, own, now).delivery,
      ...[...held.siblings, ...held.reminders].map((one) => advanceDelivery(one, others, now).delivery),
    ],
    // What the word asks for next has a clock of its own.
    escalateAt: now,
  });
  if (given !== undefined && given.id !== settled?.evidence) {
    const settles = settled !== undefined;
    const { decision } = given;
    const change = shown({ kind: 'decided', decision, settles }, { kind: 'settled-elsewhere', settles });
    return { ...change, effectiveAcknowledgement: shownAcknowledgementOf(given) };
  }
  return contested === before ? {} : shown({ kind: 'contested' }, { kind: 'contested' });
}

/** A word that stands, as it is shown of a recipient. */
export const shownAcknowledgementOf = ({
  id,
  decision,
  officer,
  ground,
  at,
}: KnownAcknowledgement): EffectiveAcknowledgement => ({
  decision,
  officer: officer.id,
  at: new Date(at),
  evidence: id,
  ...present({ ground }),
});
