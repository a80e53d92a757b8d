/**
 * The kept acknowledgements of a message, and what a new one changes. The recipient's gateway and the
 * sender's apply the same rule, so that both show the same acknowledgement in effect.
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

/** An acknowledgement with its evidence, JWS as text. */
export interface KeptAcknowledgement extends KnownAcknowledgement {
  readonly jws: string;
}

/** The acknowledgements of this message by this focal point, as far as they can be read. */
export const readAcknowledgements = (held: HeldDelivery): readonly KeptAcknowledgement[] =>
  held.acknowledgements.flatMap((jws) => {
    const claims = readClaims({ jws });
    const acknowledgement = claims && acknowledgementIn(claims);
    return acknowledgement === undefined ? [] : [{ ...acknowledgement, jws }];
  });

/**
 * What a new acknowledgement changes, besides being kept: which one is in effect, whether others contradict
 * it, and what earlier notices show. The held delivery shows the acknowledgement. Its siblings at the same
 * focal point show that it was given elsewhere, and so do reminders; reminders that were not sent yet are
 * never sent.
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
    // The next act after the acknowledgement has a deadline of its own.
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

/** The acknowledgement in effect, as it is shown in a recipient's row. */
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
