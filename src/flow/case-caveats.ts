/** What a case file does not prove, so that nobody reads more out of it than is in it. */
import type { MessageReport } from './case-message.ts';

/** In the order in which they are told. */
export const CAVEATS = [
  'not-in-ledger',
  'not-cosigned',
  'contents-left-out',
  'contents-sealed',
  'gateway-held-keys',
  'gateway-knows-officer',
  'vouched-later',
  'gateway-clocks',
  'nothing-left-out',
] as const;
export type Caveat = (typeof CAVEATS)[number];

/** @param contents whether the signed consignments are in the file */
export function caveatsOf(contents: boolean, messages: readonly MessageReport[]): readonly Caveat[] {
  const evidence = messages.flatMap((one) => one.evidence);
  const parties = messages.flatMap((one) => [one.sender, ...one.recipients]);
  const holds: Readonly<Record<Caveat, boolean>> = {
    'not-in-ledger': evidence.some((one) => one.ledger === null),
    'not-cosigned': evidence.some((one) => one.ledger?.cosigned_by.length === 0),
    'contents-left-out': !contents,
    'contents-sealed': contents,
    'gateway-held-keys': parties.some((one) => one.custody === 'gateway'),
    'gateway-knows-officer': evidence.some(
      (one) => one.officer !== undefined && one.attestation !== 'own-signature',
    ),
    'vouched-later': evidence.some((one) => one.vouched_later),
    'gateway-clocks': true,
    'nothing-left-out': true,
  };
  return CAVEATS.filter((one) => holds[one]);
}
