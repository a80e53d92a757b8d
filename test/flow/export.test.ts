/** The case file that a gateway exports is verified with nothing but the file and two certificates. */
import { Buffer } from 'node:buffer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { linesOfCase } from '../../src/cli/verify-lines.ts';
import type { CaseFile } from '../../src/domain/evidence/case-file.ts';
import { referenceOf } from '../../src/domain/words/phrases.ts';
import { LANGUAGES } from '../../src/domain/words/vocabulary.ts';
import { keepGateway } from '../../src/entry/enrolling/peers.ts';
import { phrasesFromFiles } from '../../src/entry/phrases-from-files.ts';
import { exportCase, signCase } from '../../src/flow/case/export.ts';
import { writeCase } from '../../src/flow/case/reading.ts';
import { type CaseProblem, type CaseReport, verifyCase } from '../../src/flow/case/verify.ts';
import { extendLedger } from '../../src/flow/ledger/ledger.ts';
import { witnessPeers } from '../../src/flow/ledger/witness.ts';
import { type Anchor, makeAuthority, readAnchorByCertificate } from '../../src/seal/authority.ts';
import { createSeededRandom } from '../support/killable.ts';
import { flipBit } from '../support/ledgers.ts';
import { seedOfRun } from '../support/property.ts';
import type { RigPartner } from '../support/rig.ts';
import { designateGateway } from '../support/signed-statements.ts';
import {
  fetchMessageStatus,
  makeOfficer,
  makeReportPost,
  PRIVATE_TEXT,
  postMessage,
} from '../support/story.ts';
import { makeTwoGateways, type TwoGateways } from '../support/two-gateways.ts';

let both: TwoGateways;
let shelter: RigPartner;
let desk: RigPartner;
let anchors: readonly Anchor[];
let message: string;
let thread: string;
let file: CaseFile;
let unvouched: CaseFile;

beforeAll(async () => {
  both = await makeTwoGateways();
  const { kh, id } = both;
  const officers = [makeOfficer()];
  shelter = await kh.house.partner({ slug: 'shelter', name: 'Shelter', country: 'KH', officers });
  desk = await id.house.partner({ slug: 'desk', name: 'Desk', country: 'ID', officers });
  await kh.introduce(shelter.designation);
  await id.introduce(desk.designation);
  await tell();
  message = await postMessage(shelter, makeReportPost(['desk']));
  await both.waitUntilIdle();
  await desk.post('acknowledgements', { message, decision: 'accepted', officer: 'o1' });
  await both.waitUntilIdle();
  ({ thid: thread } = await fetchMessageStatus(shelter, message));
  const line = { type: 'text', urgency: 'routine', handling: 'H1', lang: 'en', body: { text: 'A word.' } };
  await postMessage(desk, { ...line, to: ['shelter'], thid: thread, about: message });
  await both.waitUntilIdle();
  anchors = kh.house.gateway.anchors;
  unvouched = await exportCase(kh.house.gateway, { id: thread, contents: false });
  for (const [side, country] of [
    [kh, 'KH'],
    [id, 'ID'],
  ] as const) {
    const { gateway, authorities } = side.house;
    const draft = { url: side.url, name: `Gateway ${country}`, country, signing: [gateway.key.publicJwk] };
    await keepGateway(gateway, await designateGateway(authorities[country], draft, new Date(Date.now() - 1)));
  }
  for (const { house } of [kh, id]) await extendLedger(house.gateway);
  for (const { house } of [kh, id]) house.pass(60);
  await witnessPeers(id.house.gateway);
  file = await exportCase(kh.house.gateway, { id: thread, contents: false });
});
afterAll(() => both?.close());

/** Endpoints at which the case's sender and recipient are told. */
async function tell(): Promise<void> {
  const { addConfirmedEndpoint: addEndpoint } = await import('../support/confirmed.ts');
  const webhook = { channel: 'webhook', shows: 'packet', lang: 'en' } as const;
  for (const [side, partner] of [
    [both.kh, shelter],
    [both.id, desk],
  ] as const) {
    const { focal_point: focalPoint, slug } = partner.designation;
    await addEndpoint(side.house.gateway, { ...webhook, focalPoint, address: `${both.peer.url}/${slug}` });
  }
}

const bytesOf = (one: CaseFile): Uint8Array => Buffer.from(writeCase(one));
const verify = (one: CaseFile, by = anchors) => verifyCase(bytesOf(one), by);
const good = async (one: CaseFile): Promise<CaseReport> => {
  const verdict = await verify(one);
  expect(verdict).toMatchObject({ verified: true });
  return verdict as CaseReport;
};
const bad = async (one: CaseFile, by = anchors): Promise<CaseProblem> => {
  const verdict = await verify(one, by);
  expect(verdict.verified).toBe(false);
  return verdict as CaseProblem;
};

/** A copy of the file with one change. */
function changed(change: (copy: CaseFile) => void): CaseFile {
  const copy = structuredClone(file);
  change(copy);
  return copy;
}

test('a thread across two gateways is proven by the file and two certificates', async () => {
  const verdict = await good(file);
  expect(verdict).toMatchObject({ thread, contents: false, by: { country: 'KH' }, unrewritable: true });
  expect(verdict.messages.map((one) => one.type)).toEqual(['report', 'text']);
  const [first] = verdict.messages;
  expect(first?.evidence.map((one) => [one.event, one.by.country])).toEqual([
    ['SubmissionAcceptance', 'KH'],
    ['RelayAcceptance', 'ID'],
    ['ContentConsignment', 'ID'],
    ['ConsignmentAcceptance', 'ID'],
  ]);
  expect(first?.evidence.at(-1)?.officer?.name).toBe(makeOfficer().name);
  expect(first?.evidence[0]?.ledger?.cosigned_by).toMatchObject([{ country: 'ID' }]);
  expect(verdict.not_proven).toContain('contents-left-out');
  expect(verdict.not_proven).toContain('gateway-held-keys');
  expect(verdict.not_proven).not.toContain('not-cosigned');
});

test('the file of the other side, which nobody has cosigned, says that it rests on one gateway alone', async () => {
  const verdict = await good(await exportCase(both.id.house.gateway, { id: thread, contents: false }));
  expect(verdict).toMatchObject({ by: { country: 'ID' }, unrewritable: false });
  expect(verdict.not_proven).toContain('not-cosigned');
});

test('a single message, without and with its sealed contents', async () => {
  const { gateway } = both.kh.house;
  const alone = await exportCase(gateway, { id: message, contents: false });
  expect((await good(alone)).message).toBe(message);
  const whole = await exportCase(gateway, { id: message, contents: true });
  expect((await good(whole)).not_proven).toContain('contents-sealed');
  expect(writeCase(alone)).not.toContain('"consignment":{');
  for (const text of [writeCase(alone), writeCase(whole)]) expect(text).not.toContain(PRIVATE_TEXT[0]);
});

test('the file says which message another one is about if it has the sender’s signed consignment', async () => {
  const whole = await good(await exportCase(both.kh.house.gateway, { id: thread, contents: true }));
  expect(whole.messages.map((one) => one.about)).toEqual([undefined, message]);
  expect((await good(file)).messages.map((one) => one.about)).toEqual([undefined, undefined]);
  const translate = phrasesFromFiles();
  const about = LANGUAGES.map((lang) =>
    linesOfCase(translate, lang, whole).filter((line) =>
      line.includes(translate(lang, 'verify-about', { reference: referenceOf(message) })),
    ),
  );
  expect(about.map((lines) => lines.length)).toEqual(LANGUAGES.map(() => 1));
});

test('after 1,000 random single-bit changes no file verifies, and each change is located', async () => {
  const seed = seedOfRun(747_156_820);
  process.stdout.write(`export: seed ${seed}\n`);
  const random = createSeededRandom(seed);
  const bytes = bytesOf(file);
  const places = new Set<string>();
  for (let n = 0; n < 1_000; n += 1) {
    const bit = Math.floor(random() * bytes.length * 8);
    const verdict = await verifyCase(flipBit(bytes, bit), anchors);
    expect(verdict.verified, `bit ${bit}`).toBe(false);
    const { place } = verdict as CaseProblem;
    expect(place, `bit ${bit}`).not.toBe('');
    places.add(place);
  }
  expect(places.size).toBeGreaterThan(10);
});

test('a file with bytes cut off or added at the end is not a case file', async () => {
  const bytes = bytesOf(file);
  for (const other of [bytes.slice(0, -1), Buffer.concat([bytes, Buffer.from('\n')]), new Uint8Array()])
    expect((await verifyCase(other, anchors)).verified).toBe(false);
});

test('one anchor, none, or a stranger’s anchor is not enough', async () => {
  const { certificate } = await makeAuthority('KH', 'Stranger', new Date(Date.now() - 1_000));
  const stranger = await readAnchorByCertificate(certificate);
  const indonesia = anchors.filter((one) => one.country === 'ID');
  for (const by of [[], indonesia, [...indonesia, stranger]])
    expect(await bad(file, by)).toMatchObject({ place: expect.stringMatching(/^gateways\[\d\]$/) });
});

test('without an authority’s statement about the gateway nothing is verified', async () => {
  expect(await bad(unvouched)).toMatchObject({ place: 'closing', code: 'unknown-gateway' });
});

test('evidence that is reordered, removed, doubled or moved is located', async () => {
  const evidenceOf = (copy: CaseFile, n = 0) => copy.messages[n]?.evidence ?? [];
  const edits: Readonly<Record<string, (copy: CaseFile) => void>> = {
    'messages[0].evidence[0]': (copy) => void evidenceOf(copy).reverse(),
    'messages[0].evidence[1]': (copy) => void evidenceOf(copy).splice(1, 1),
    'messages[0].evidence[2]': (copy) => void evidenceOf(copy).splice(2, 0, ...evidenceOf(copy, 1)),
    // The next part is in the place of the removed one, and the other way round.
    'messages[1]': (copy) => void evidenceOf(copy).pop(),
    'messages[0].evidence[4]': (copy) => void evidenceOf(copy).push(...evidenceOf(copy).slice(0, 1)),
    'messages[0]': (copy) => void copy.messages.reverse(),
    'designations[0]': (copy) => void copy.designations.shift(),
    'certificates[0]': (copy) => void copy.certificates.reverse(),
    head: (copy) => {
      copy.made = new Date(Date.parse(copy.made) + 1_000).toISOString();
    },
  };
  for (const [place, edit] of Object.entries(edits))
    expect(await bad(changed(edit)), place).toMatchObject({ place, code: 'digest-mismatch' });
});

type Edit = (copy: CaseFile) => void;

/** A lying gateway may close whatever it likes, but cannot change what others signed. */
const lies: readonly (readonly [what: string, place: RegExp, code: string, Edit])[] = [
  [
    'an officer’s word that its gateway did not sign',
    /^messages\[0\]\.evidence\[3\]$/,
    'signature-invalid',
    ({ messages: [first] }) => {
      const jws = first?.evidence[3]?.jws as { payload: string };
      const claims = JSON.parse(Buffer.from(jws.payload, 'base64url').toString());
      const text = JSON.stringify({ ...claims, event: 'ConsignmentRejection', reason: 'unlawful' });
      jws.payload = Buffer.from(text).toString('base64url');
    },
  ],
  [
    'evidence of another message',
    /^messages\[0\]\.evidence\[4\]$/,
    'misaddressed',
    ({ messages: [first, second] }) => void first?.evidence.push(...(second?.evidence.slice(0, 1) ?? [])),
  ],
  [
    'evidence twice',
    /^messages\[0\]$/,
    'misaddressed',
    ({ messages: [first] }) => void first?.evidence.push(...first.evidence.slice(-1)),
  ],
  [
    'no evidence that anybody took the message',
    /^messages\[0\]$/,
    'statement-refused',
    ({ messages: [first] }) => void first?.evidence.splice(0, 2),
  ],
  [
    'the ledger proof of another piece of evidence',
    /^messages\[0\]\.evidence\[0\]$/,
    'ledger-refused',
    ({ messages: [first] }) => {
      const [one, two] = first?.evidence ?? [];
      if (one && two?.proof) one.proof = two.proof;
    },
  ],
  [
    'proofs without the ledger they are from',
    /^messages\[0\]\.evidence\[0\]$/,
    'ledger-refused',
    (copy) => void delete copy.ledger,
  ],
  [
    'no agreement',
    /^messages\[0\]\.recipients\[0\]$/,
    'statement-refused',
    (copy) => void copy.agreements.pop(),
  ],
  [
    'an agreement that one country alone signed',
    /^agreements\[0\]$/,
    'statement-refused',
    ({ agreements: [one] }) => void (one as { signatures: unknown[] }).signatures.pop(),
  ],
  [
    'no designation of the sender',
    /^messages\[0\]\.sender$/,
    'designation-ended',
    (copy) => {
      copy.designations = [];
    },
  ],
  [
    'a digest that is not that of the sealed message',
    /^messages\[0\]\.evidence\[\d\]$/,
    'digest-mismatch',
    ({ messages: [first] }) => {
      for (const to of first?.recipients ?? []) to.digest = first?.digest ?? '';
    },
  ],
  [
    'contents promised and left out',
    /^messages\[0\]\.consignment$/,
    'misaddressed',
    (copy) => {
      copy.contents = true;
    },
  ],
];

test.each(lies)('a gateway that closes a file with %s is detected', async (_, place, code, lie) => {
  const { closing: __, ...open } = changed(lie);
  const verdict = await bad(await signCase(both.kh.house.gateway, open));
  expect(verdict).toMatchObject({ place: expect.stringMatching(place), code });
});

test('a gateway can close a file only in its own name', async () => {
  const { closing: _, ...open } = file;
  const other = await signCase({ did: file.by, key: both.id.house.gateway.key }, open);
  expect(await bad(other)).toMatchObject({ place: 'closing', code: 'unknown-gateway' });
});

test('the verdict is given in four languages, with the officer and without private data', async () => {
  const translate = phrasesFromFiles();
  const verdicts = [await good(file), await bad(file, [])];
  for (const verdict of verdicts) {
    const told = LANGUAGES.map((lang) => linesOfCase(translate, lang, verdict).join('\n'));
    expect(new Set(told).size).toBe(LANGUAGES.length);
    for (const text of told) {
      expect(text.includes(makeOfficer().name)).toBe(verdict.verified);
      expect(text).not.toContain(PRIVATE_TEXT[0]);
    }
  }
});
