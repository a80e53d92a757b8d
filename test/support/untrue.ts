/** Statements of a verdict on a changed case file that did not happen, and that it does not name as unproven. */
import type { EvidenceReport } from '../../src/flow/case/evidence.ts';
import type { MessageReport } from '../../src/flow/case/message.ts';
import type { CaseReport } from '../../src/flow/case/verify.ts';

const text = (value: unknown): string => JSON.stringify(value) ?? 'undefined';

/** @param truth the verdict on the file as its author honestly wrote it */
export function listUntrue(truth: CaseReport, now: CaseReport): readonly string[] {
  const said = [
    ...(now.thread === truth.thread ? [] : ['thread']),
    ...(text(now.by) === text(truth.by) ? [] : ['by']),
    ...(now.contents && !truth.contents ? ['contents'] : []),
    ...(now.not_proven.includes('nothing-left-out') ? [] : ['nothing was left out']),
    ...now.messages.flatMap((one) => {
      const was = truth.messages.find((other) => other.id === one.id);
      return was === undefined ? [`message ${one.id} never was`] : ofMessage(now, was, one);
    }),
  ];
  // What is called unrewritable must be whole: every piece as it was, and the hours too.
  const isSame = text(factsOf(now)) === text(factsOf(truth, now));
  return now.unrewritable && !isSame ? [...said, 'unrewritable'] : said;
}

/** What the verdict says for certain, of the messages that `of` has. */
const factsOf = ({ messages }: CaseReport, of: CaseReport = { messages } as unknown as CaseReport) =>
  of.messages.map(({ id }) => {
    const one = messages.find((other) => other.id === id);
    return [id, one?.accepted_at];
  });

function ofMessage(now: CaseReport, was: MessageReport, one: MessageReport): readonly string[] {
  const isAuthors = (name: MessageReport['author_says'][number]): boolean =>
    one.author_says.includes(name) && now.not_proven.includes('author-says');
  const untrue: string[] = [];
  if (one.type !== was.type && !isAuthors('type')) untrue.push('type');
  const isHourNamed =
    isAuthors('accepted_at') && now.not_proven.includes('accepted-unsigned') && !now.unrewritable;
  if (one.accepted_at !== was.accepted_at && !isHourNamed) untrue.push('accepted_at');
  if (one.about !== undefined && one.about !== was.about) untrue.push('about');
  if (text(partyOf(one.sender)) !== text(partyOf(was.sender))) untrue.push('sender');
  for (const to of one.recipients) {
    const known = was.recipients.find(({ did }) => did === to.did);
    if (known === undefined || text(partyOf(known)) !== text(partyOf(to))) untrue.push(`recipient ${to.did}`);
    else if (text(known.agreement) !== text(to.agreement) && !isAuthors('agreement'))
      untrue.push('agreement');
  }
  if (new Set(one.recipients.map(({ did }) => did)).size !== one.recipients.length)
    untrue.push('recipient twice');
  for (const { did } of was.recipients)
    if (!one.recipients.some((to) => to.did === did) && !one.elsewhere.includes(did) && !isOwnWord(now, one))
      untrue.push(`left out ${did}`);
  return [...untrue, ...one.evidence.flatMap((piece) => ofEvidence(now, was, piece))].map(
    (what) => `${one.id}: ${what}`,
  );
}

const partyOf = ({ did, name, country, custody }: MessageReport['sender']) => ({
  did,
  name,
  country,
  custody,
});

/** Its author signed anew that it took the message, and that stands in no ledger: so the verdict says. */
const isOwnWord = (now: CaseReport, { evidence }: MessageReport): boolean =>
  !now.unrewritable &&
  now.not_proven.includes('not-in-ledger') &&
  evidence.some((one) => one.takes && one.by.gateway === now.by.gateway && one.ledger === null);

const factsOfEvidence = ({
  ledger: _,
  rests_on: __,
  takes: ___,
  vouched_later: ____,
  ...facts
}: EvidenceReport) => facts;

function ofEvidence(now: CaseReport, was: MessageReport, piece: EvidenceReport): readonly string[] {
  const known = was.evidence.find((one) => one.id === piece.id);
  if (known !== undefined && text(factsOfEvidence(known)) === text(factsOfEvidence(piece))) return [];
  // What its author signs anew is its author’s word, and said to stand in no ledger. It is no word of anybody else.
  const isOwn =
    piece.by.gateway === now.by.gateway &&
    piece.ledger === null &&
    !now.unrewritable &&
    now.not_proven.includes('not-in-ledger');
  const own = ({ event, recipient, officer, reason, attestation, settles = [] }: EvidenceReport) =>
    text([event, recipient, officer, reason, attestation, settles]);
  const isOfDesk = piece.attestation === 'own-signature';
  if (isOfDesk && (known === undefined || own(known) !== own(piece)))
    return [`own signature under ${piece.id}`];
  if (!isOwn) return [`evidence ${piece.id} (${piece.event})`];
  const isOfficers =
    piece.officer === undefined || isOfDesk || now.not_proven.includes('gateway-knows-officer');
  const homes = [was.sender, ...was.recipients].filter(({ did }) => did.startsWith(`${now.by.gateway}:fp:`));
  const isAbroad =
    /^(?:Consignment|Content(?!Purge)|RelayTo)/.test(piece.event) &&
    !homes.some(({ did }) => did === piece.recipient);
  return [
    ...(isOfficers ? [] : [`officer in ${piece.id}`]),
    ...(isAbroad ? [`${piece.event} at another’s home`] : []),
  ];
}
