/** The verdict on a case file in plain words: what is proven, by whom and when, and what is not proven. */

import { type Phrases, type PhraseValues, referenceOf } from '../domain/words/phrases.ts';
import type { Language } from '../domain/words/vocabulary.ts';
import type { EvidenceReport } from '../flow/case/evidence.ts';
import type { MessageReport } from '../flow/case/message.ts';
import type { CaseProblem, CaseReport } from '../flow/case/verify.ts';
import { plainTextOf } from './output.ts';

/** A phrase in the reader's language; its values are made safe for a terminal. */
type Say = (id: string, values?: PhraseValues) => string;

/** Makes the lines for a person. */
export function linesOfCase(
  translate: Phrases,
  lang: Language,
  verdict: CaseReport | CaseProblem,
): readonly string[] {
  const say: Say = (id, values) => plainTextOf(translate({ lang, zone: 'UTC' }, id, values));
  return verdict.verified ? reportWords(say, verdict) : problemWords(say, verdict);
}

/** The phrase that explains each code to a person. */
const WHY: Readonly<Record<string, string>> = {
  'too-large': 'form',
  'malformed-json': 'form',
  'invalid-body': 'form',
  'jose-malformed': 'form',
  'jose-header-refused': 'form',
  'signature-invalid': 'changed',
  'digest-mismatch': 'changed',
  'unknown-gateway': 'unvouched',
  'unknown-sender': 'unvouched',
  'statement-refused': 'unvouched',
  'ledger-malformed': 'ledger',
  'ledger-refused': 'ledger',
};

const problemWords = (
  say: Say,
  { place, code, detail, demo_anchors: demo }: CaseProblem,
): readonly string[] => [
  say('verify-no'),
  ...demoWords(say, demo),
  say('verify-where', { place }),
  say(`verify-why-${WHY[code] ?? 'rule'}`),
  plainTextOf(`(${code}: ${detail})`),
];

/** Warns of demo certificates directly under the verdict, also where the file verifies. */
const demoWords = (say: Say, countries: readonly string[]): readonly string[] =>
  countries.length === 0 ? [] : [say('verify-demo', { countries: countriesOf(say, countries) })];

const countriesOf = (say: Say, countries: readonly string[]): string =>
  countries.map((one) => say(`country-${one}`)).join(', ');

function reportWords(say: Say, report: CaseReport): readonly string[] {
  const { name, country } = report.by;
  const from = { name, country: say(`country-${country}`) };
  return [
    say('verify-yes'),
    ...demoWords(say, report.demo_anchors),
    say('verify-file', { ...from, at: new Date(report.made) }),
    ...report.messages.flatMap((message) => ['', ...messageWords(say, message, name)]),
    '',
    say('verify-proven'),
    ...provenWords(say, report).map(item),
    '',
    say('verify-unproven'),
    ...report.not_proven.map((caveat) => item(say(`verify-caveat-${caveat}`, { name }))),
  ];
}

const item = (text: string): string => `  - ${text}`;

function messageWords(say: Say, message: MessageReport, author: string): readonly string[] {
  const party = ({ name, country }: { name: string; country: string }) => ({
    name,
    country: say(`country-${country}`),
  });
  return [
    say('verify-message', {
      reference: referenceOf(message.id),
      type: say(`type-${message.type}`),
      at: new Date(message.accepted_at),
    }),
    ...(message.about === undefined
      ? []
      : [item(say('verify-about', { reference: referenceOf(message.about) }))]),
    item(say('verify-sender', party(message.sender))),
    ...message.recipients.map(({ agreement: { id, version }, ...to }) =>
      item(say('verify-recipient', { ...party(to), agreement: id, version })),
    ),
    ...authorWords(say, message, author).map(item),
    ...message.evidence.flatMap((one) => evidenceWords(say, message, one)),
  ];
}

/** What of a message is missing in the file, and what only its author states. */
const authorWords = (
  say: Say,
  { author_says: members, elsewhere }: MessageReport,
  name: string,
): readonly string[] => [
  ...(elsewhere.length === 0 ? [] : [say('verify-elsewhere', { count: elsewhere.length })]),
  ...(members.length === 0
    ? []
    : [
        say('verify-author-says', {
          name,
          members: members.map((one) => say(`verify-member-${one}`)).join(', '),
        }),
      ]),
];

function evidenceWords(say: Say, message: MessageReport, one: EvidenceReport): readonly string[] {
  const { name, country } = one.by;
  const event = say(`email-event-${one.event}`);
  return [
    item(say('verify-event', { at: new Date(one.at), event, name, country: say(`country-${country}`) })),
    ...(one.officer === undefined ? [] : [`    ${officerWords(say, one.officer)}`]),
    ...(one.contradicts === undefined ? [] : [`    ${say('verify-contradicts')}`]),
    ...(one.settles === undefined ? [] : [`    ${say('verify-settles')}`]),
    ...(one.takes || one.officer !== undefined ? restsWords(say, message, one) : []).map(
      (line) => `    ${line}`,
    ),
  ];
}

/** The statements on which the evidence of the message depends, each once. */
function restsWords(
  say: Say,
  { sender, recipients }: MessageReport,
  { rests_on: rests }: EvidenceReport,
): readonly string[] {
  const nameOf = (did: string): string => [sender, ...recipients].find((one) => one.did === did)?.name ?? did;
  const missing = say('verify-rests-elsewhere');
  const agreements = (rests?.agreements ?? []).map(({ id, version, in_file: isHere }) =>
    isHere ? say('verify-rests-agreement', { agreement: id, version }) : missing,
  );
  const designations = (rests?.designations ?? []).map(({ did, from }) =>
    from === null ? missing : say('verify-rests-designation', { name: nameOf(did), at: new Date(from) }),
  );
  return [...new Set([...agreements, ...designations])];
}

const officerWords = (say: Say, { name, role }: { name: string; role: string }): string =>
  say('verify-officer', { name, role: say(`email-role-${role}`) });

function provenWords(say: Say, report: CaseReport): readonly string[] {
  const { name } = report.by;
  const evidence = report.messages.flatMap((one) => one.evidence);
  const witnesses = new Set(
    evidence.flatMap((one) => one.ledger?.cosigned_by ?? []).map((one) => one.country),
  );
  return [
    say('verify-proves-parties'),
    say('verify-proves-evidence'),
    say('verify-proves-whole', { name }),
    ...(report.contents ? [say('verify-proves-contents')] : []),
    ...(!report.not_proven.includes('not-in-ledger') ? [say('verify-proves-ledger', { name })] : []),
    ...(report.unrewritable
      ? [say('verify-proves-cosigned', { names: countriesOf(say, [...witnesses]) })]
      : []),
  ];
}
