/** What a case file does not prove, so that nobody reads more out of it than is in it. */
import { isSameVersion } from '../../domain/agreement.ts';
import type { MessageReport } from './case-message.ts';

/** In the order in which they are told. */
export const CAVEATS = [
  'not-in-ledger',
  'not-cosigned',
  'contents-left-out',
  'contents-sealed',
  'contents-purged',
  'gateway-held-keys',
  'gateway-knows-officer',
  'vouched-later',
  'withdrawn-since',
  'rests-unnamed',
  'rests-elsewhere',
  'rests-replaced',
  'agreements-differ',
  'gateway-clocks',
  'nothing-left-out',
] as const;
export type Caveat = (typeof CAVEATS)[number];

/** Two gateways took or carried it under different versions. */
const differ = ({ recipients, evidence }: MessageReport): boolean =>
  evidence
    .flatMap((one) => one.rests_on?.agreements ?? [])
    .some((one) => recipients.some(({ did, agreement }) => did === one.to && !isSameVersion(agreement, one)));

/** @param contents whether the signed consignments are in the file */
export function caveatsOf(contents: boolean, messages: readonly MessageReport[]): readonly Caveat[] {
  const evidence = messages.flatMap((one) => one.evidence);
  const parties = messages.flatMap((one) => [one.sender, ...one.recipients]);
  const holds: Readonly<Record<Caveat, boolean>> = {
    'not-in-ledger': evidence.some((one) => one.ledger === null),
    'not-cosigned': evidence.some((one) => one.ledger?.cosigned_by.length === 0),
    'contents-left-out': !contents,
    'contents-sealed': contents,
    'contents-purged': contents && evidence.some((one) => one.event === 'ContentPurge'),
    'gateway-held-keys': parties.some((one) => one.custody === 'gateway'),
    'gateway-knows-officer': evidence.some(
      (one) => one.officer !== undefined && one.attestation !== 'own-signature',
    ),
    'vouched-later': evidence.some((one) => one.vouched_later),
    'withdrawn-since': parties.some((one) => one.withdrawn !== undefined),
    'rests-unnamed': evidence.some((one) => one.takes && one.rests_on === undefined),
    'rests-elsewhere': evidence.some(
      ({ rests_on: rests }) =>
        rests?.agreements.some((one) => !one.in_file) || rests?.designations.some((one) => one.from === null),
    ),
    'rests-replaced': evidence.some((one) => one.rests_on?.designations.some(({ replaced }) => replaced)),
    'agreements-differ': messages.some(differ),
    'gateway-clocks': true,
    'nothing-left-out': true,
  };
  return CAVEATS.filter((one) => holds[one]);
}
