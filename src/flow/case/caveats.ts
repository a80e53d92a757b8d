/** Lists what a case file does not prove, so that nobody concludes more from it than it contains. */

import type { CaseFile } from '../../domain/evidence/case-file.ts';
import { isSameVersion } from '../../domain/terms/agreement.ts';
import type { LedgerReport } from './evidence.ts';
import type { MessageReport } from './message.ts';

/** In the order of the report. */
const CAVEATS = [
  'demo-anchors',
  'accepted-unsigned',
  'author-says',
  'author-alone',
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
  'recipients-elsewhere',
  'about-elsewhere',
  'words-missing',
  'gateway-clocks',
  'nothing-left-out',
] as const;
export type Caveat = (typeof CAVEATS)[number];

/** Whether two gateways took or carried the message under different agreement versions. */
const agreementsDiffer = ({ recipients, evidence }: MessageReport): boolean =>
  evidence
    .flatMap((one) => one.rests_on?.agreements ?? [])
    .some((one) => recipients.some(({ did, agreement }) => did === one.to && !isSameVersion(agreement, one)));

/**
 * Whether an acknowledgement contradicts or settles another one of the same focal point that is not in the
 * file.
 */
const lacksAcknowledgements = ({ evidence }: MessageReport): boolean =>
  evidence.some(({ by, recipient, contradicts, settles = [] }) => {
    const named = [...settles, ...(contradicts === undefined ? [] : [contradicts])];
    const isHere = (id: string): boolean =>
      evidence.some((one) => one.id === id && one.by.gateway === by.gateway && one.recipient === recipient);
    return !named.every(isHere);
  });

interface Found {
  readonly messages: readonly MessageReport[];
  /** The place of each piece of evidence in the author's ledger, including its evidence of withdrawals. */
  readonly ledgers: readonly (LedgerReport | null)[];
}

/**
 * The caveats of a file.
 * @param demo countries whose anchor is a demo certificate
 */
export function caveatsOf(
  { by, contents, messages: shown }: CaseFile,
  { messages, ledgers }: Found,
  demo: readonly string[],
): readonly Caveat[] {
  const evidence = messages.flatMap((one) => one.evidence);
  const parties = messages.flatMap((one) => [one.sender, ...one.recipients]);
  const isAlone = ({ evidence: pieces }: MessageReport, n: number): boolean =>
    shown[n]?.consignment === undefined && pieces.every((one) => one.by.gateway === by);
  const isElsewhere = ({ about }: MessageReport): boolean =>
    about !== undefined && !messages.some((one) => one.id === about);
  const holds: Readonly<Record<Caveat, boolean>> = {
    'demo-anchors': demo.length > 0,
    'accepted-unsigned': messages.some((one) => one.author_says.includes('accepted_at')),
    'author-says': messages.some((one) => one.author_says.length > 0),
    'author-alone': messages.some(isAlone),
    'not-in-ledger': ledgers.some((one) => one === null),
    'not-cosigned': ledgers.some((one) => one?.cosigned_by.length === 0),
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
    'agreements-differ': messages.some(agreementsDiffer),
    'recipients-elsewhere': messages.some((one) => one.elsewhere.length > 0),
    'about-elsewhere': messages.some(isElsewhere),
    'words-missing': messages.some(lacksAcknowledgements),
    'gateway-clocks': true,
    'nothing-left-out': true,
  };
  return CAVEATS.filter((one) => holds[one]);
}
