/** Every evidence names the statements it rests on, and a case file is judged by these. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { caseWords } from '../../src/cli/verify-words.ts';
import type { CaseFile } from '../../src/domain/evidence/case-file.ts';
import { type Evidence, eventUri, evidence as evidenceSchema } from '../../src/domain/evidence/evidence.ts';
import { reasonUri } from '../../src/domain/evidence/reason.ts';
import { LANGUAGES } from '../../src/domain/words/vocabulary.ts';
import { wordsFromFiles } from '../../src/entry/words-from-files.ts';
import { exportCase } from '../../src/flow/case/case-export.ts';
import type { Gateway } from '../../src/gateway.ts';
import { sealedDigest } from '../../src/seal/sealed-message.ts';
import { payloadDigest, peek, signStatement } from '../../src/seal/statement.ts';
import { type Across, across, designated, laterVersion } from '../support/across.ts';
import * as files from '../support/case-files.ts';
import { addEndpoint } from '../support/confirmed.ts';
import { ownCustody, ownWord, postJose } from '../support/own-custody.ts';
import { officer, posted, postedTo, report } from '../support/story.ts';

let all: Across;
let message: string;
let started: Date;

beforeAll(async () => {
  all = await across();
  started = new Date();
  await designated(all.kh, 'KH', started);
  await designated(all.id, 'ID', started);
  message = await posted(all.shelter, report(['desk']));
  await all.settle();
  await all.desk.post('acknowledgements', { message, decision: 'accepted', officer: 'o1' });
  await all.settle();
});
afterAll(() => all?.close());

const digestsIn = (texts: readonly string[]) => texts.map((text) => payloadDigest(JSON.parse(text)));

const fileOf = ({ gateway }: { gateway: Gateway }, id = message, contents = false) =>
  exportCase(gateway, { id, contents });

const { claimsIn, closed } = files;
const good = (file: CaseFile) => files.good(file, all.kh.house.gateway.anchors);
const bad = (file: CaseFile) => files.bad(file, all.kh.house.gateway.anchors);

describe('evidence', () => {
  test('of every step, on both sides, names agreement and designations by the digests of what was signed', async () => {
    const { shelter, desk } = all;
    for (const { house } of [all.kh, all.id]) {
      const parties = [shelter, desk].map((one) => one.designation.focal_point);
      const rows = await house.gateway.store.directory.readDirectory(parties);
      const [agreement] = digestsIn(rows.agreements);
      const view = await house.gateway.store.messages.view(message);
      expect(view?.recipients[0]?.agreement).toEqual({ id: 'id-kh-test', version: 1, digest: agreement });
      for (const row of view?.evidence ?? []) {
        const { rests_on: restsOn } = evidenceSchema.parse(peek(JSON.parse(row.jws)).payload);
        expect(restsOn?.agreements, row.event).toEqual([
          { to: parties[1], id: 'id-kh-test', version: 1, digest: agreement },
        ]);
        expect(restsOn?.designations.map((one) => one.focal_point)).toEqual(parties);
        expect(restsOn?.designations.map((one) => one.digest).sort()).toEqual(
          digestsIn(rows.designations).sort(),
        );
      }
    }
  });

  test('of a refusal names the designation of whoever was refused', async () => {
    const { kh, shelter } = all;
    const answer = await shelter.post('messages', report(['nobody']));
    const claims = evidenceSchema.parse(peek((await answer.json()).evidence).payload);
    const rows = await kh.house.gateway.store.directory.readDirectory([shelter.designation.focal_point]);
    expect(claims.rests_on).toEqual({
      agreements: [],
      designations: [
        { focal_point: shelter.designation.focal_point, digest: digestsIn(rows.designations)[0] },
      ],
    });
  });
});

describe('a case file', () => {
  test('says without contents by which agreement and designations each side took and answered', async () => {
    const verdict = await good(await fileOf(all.kh.house));
    const [one] = verdict.messages;
    const { shelter, desk } = all;
    const [from, to] = [shelter, desk].map((each) => each.designation);
    for (const each of one?.evidence ?? [])
      expect(each.rests_on).toEqual({
        agreements: [{ to: to?.focal_point, id: 'id-kh-test', version: 1, in_file: true }],
        designations: [from, to].map((each) => ({
          did: each?.focal_point,
          from: each?.from,
          replaced: false,
        })),
      });
    expect(verdict.not_proven.filter((code) => /^(rests|agreements|vouched)/.test(code))).toEqual([]);
    for (const lang of LANGUAGES) {
      const told = caseWords(wordsFromFiles(), lang, verdict).join('\n');
      expect(told.split('id-kh-test')).toHaveLength(1 + 1 + 3);
    }
  });

  test('with another text of the agreement is refused', async () => {
    const { house } = all.kh;
    const authorities = [house.authorities.ID, house.authorities.KH];
    const first = laterVersion(new Date(started.getTime() - 3_600_000), { version: 1 });
    const other = { ...(await signStatement('agreement', { ...first, keep_days: 7 }, authorities)) };
    const file = await closed(
      house.gateway,
      await fileOf(house),
      (copy) => void copy.agreements.splice(0, 1, other),
    );
    const place = 'messages[0].evidence[0]';
    expect(await bad(file)).toMatchObject({ place, code: 'digest-mismatch' });
  });

  test('that says another agreement than its evidence is refused', async () => {
    const { house } = all.kh;
    const file = await closed(house.gateway, await fileOf(house), ({ messages: [one] }) => {
      for (const to of one?.recipients ?? []) to.agreement.version = 2;
    });
    const place = 'messages[0].recipients[0]';
    expect(await bad(file)).toMatchObject({ place, code: 'digest-mismatch' });
  });

  test('of the recipient’s gateway proves when the sender’s took it, and is silent about whom else it was for', async () => {
    const { kh, id, shelter } = all;
    const near = await kh.house.partner({ slug: 'near', name: 'Near', country: 'KH', officers: [officer()] });
    const endpoint = { channel: 'webhook', shows: 'packet', lang: 'en' } as const;
    const { focal_point: focalPoint } = near.designation;
    await addEndpoint(kh.house.gateway, { ...endpoint, focalPoint, address: `${all.peer.url}/near` });
    const next = await posted(shelter, report(['near', 'desk']));
    await all.settle();
    for (const contents of [false, true]) {
      const [one] = (await good(await fileOf(id.house, next, contents))).messages;
      const receipt = one?.evidence.find(({ event }) => event === 'SubmissionAcceptance');
      expect(receipt).toMatchObject({ by: { gateway: kh.house.gateway.did }, at: one?.accepted_at });
      expect(receipt?.rests_on?.agreements).toMatchObject([{ to: all.desk.designation.focal_point }]);
      expect(receipt?.rests_on?.designations).toHaveLength(2);
    }
  });

  test('without a designation that its author’s evidence names is refused; of the other side’s it is said', async () => {
    const { kh, id, desk } = all;
    // The desk gets another officer; its own gateway knows at once, the other one does not.
    const renewed = await id.house.designate({
      slug: 'desk',
      name: 'desk',
      country: 'ID',
      officers: [officer(), officer('id', 'o2')],
    });
    expect(renewed.focal_point).toBe(desk.designation.focal_point);
    const isNewest = (jws: unknown): boolean => {
      const { focal_point: of, from } = peek(jws).payload as { focal_point: string; from: string };
      return of === renewed.focal_point && from === renewed.from;
    };
    const next = await posted(all.shelter, report(['desk']));
    await all.settle();
    const file = await fileOf(kh.house, next);
    expect((await good(file)).not_proven).toContain('rests-elsewhere');
    await id.introduce(renewed);
    expect((await good(await fileOf(kh.house, next))).not_proven).toContain('rests-replaced');
    const lie = await closed(id.house.gateway, await fileOf(id.house, next), (copy) => {
      copy.designations = copy.designations.filter((jws) => !isNewest(jws));
    });
    // The first that this author signed itself; the receipt before it is the other gateway's.
    const place = 'messages[0].evidence[1]';
    expect(await bad(lie)).toMatchObject({ place, code: 'statement-refused' });
  });

  test('with evidence from before it was named verifies, and says whose word the agreement is', async () => {
    const { gateway } = all.kh.house;
    const file = await fileOf({ gateway });
    const [first] = claimsIn(file);
    const { rests_on: _, ...claims } = first as Evidence;
    const jws = { ...(await signStatement('evidence', claims, [gateway.key])) };
    const old = await closed(
      gateway,
      file,
      ({ messages: [one] }) => void one?.evidence.splice(0, 1, { jws }),
    );
    expect((await good(old)).not_proven).toContain('rests-unnamed');
  });

  test('proves the acknowledgement that a focal point signed itself', async () => {
    const { kh, id, peer: server, shelter } = all;
    const police = await ownCustody(id.house, { slug: 'police', country: 'ID', officers: [officer('en')] });
    await id.introduce(police.designation);
    const endpoint = { focalPoint: police.keys.did, address: `${server.url}/police`, lang: 'en' } as const;
    await addEndpoint(id.house.gateway, { ...endpoint, channel: 'webhook', shows: 'sealed' });
    const sent = await posted(shelter, report(['police']));
    await all.settle();
    const received = postedTo(server, '/police').at(-1)?.data ?? {};
    const about = { message: sent, sender: shelter.designation.focal_point, at: id.house.gateway.now() };
    const word = await ownWord(police.keys, { ...about, digest: sealedDigest(received['sealed']) });
    const path = '/v1/focal-points/police/acknowledgements';
    expect((await postJose(id.house, path, word)).status).toBe(201);
    await all.settle();
    for (const { house } of [kh, id]) {
      const verdict = await good(await fileOf(house, sent, true));
      const last = verdict.messages[0]?.evidence.at(-1);
      expect(last).toMatchObject({ event: 'ConsignmentAcceptance', attestation: 'own-signature' });
      expect(verdict.not_proven).not.toContain('gateway-knows-officer');
    }
    // Its gateway cannot put the focal point's signature under another word.
    const file = await fileOf(id.house, sent);
    const at = claimsIn(file).findIndex((one) => one.event === 'ConsignmentAcceptance');
    const other = { event: 'ConsignmentRejection', reason: 'unlawful' } as const;
    const uris = { event_uri: eventUri(other.event), reason_uri: reasonUri(other.event, other.reason) };
    const claims = { ...claimsIn(file)[at], ...other, ...uris };
    const jws = { ...(await signStatement('evidence', claims, [id.house.gateway.key])) };
    const lie = await closed(
      id.house.gateway,
      file,
      ({ messages: [one] }) => void one?.evidence.splice(at, 1, { jws }),
    );
    const place = `messages[0].evidence[${at}]`;
    expect(await bad(lie)).toMatchObject({ place, code: 'misaddressed' });
  });
});
