/** Every piece of evidence names the statements on which it rests, and a case file is judged by these. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linesOfCase } from '../../src/cli/verify-lines.ts';
import type { CaseFile } from '../../src/domain/evidence/case-file.ts';
import { type Evidence, evidenceSchema, uriOfEvent } from '../../src/domain/evidence/evidence.ts';
import { uriOfReason } from '../../src/domain/evidence/reason.ts';
import { LANGUAGES } from '../../src/domain/words/vocabulary.ts';
import { phrasesFromFiles } from '../../src/entry/phrases-from-files.ts';
import { exportCase } from '../../src/flow/case/export.ts';
import type { Gateway } from '../../src/gateway.ts';
import { digestOfSealed } from '../../src/seal/sealed-message.ts';
import { digestOfPayload, peekStatement, signStatement } from '../../src/seal/statement.ts';
import { type AcrossBorder, designateSide, makeAcrossBorder, makeLaterVersion } from '../support/across.ts';
import * as files from '../support/case-files.ts';
import { addHook } from '../support/confirmed.ts';
import { eachOf } from '../support/each-of.ts';
import { designateOwnCustody, postSigned, signAcknowledgement } from '../support/own-custody.ts';
import { listPostedTo, makeOfficer, makeReportPost, postMessage } from '../support/story.ts';

let all: AcrossBorder;
let message: string;
let started: Date;

beforeAll(async () => {
  all = await makeAcrossBorder();
  started = new Date();
  await designateSide(all.kh, 'KH', started);
  await designateSide(all.id, 'ID', started);
  message = await postMessage(all.shelter, makeReportPost(['desk']));
  await all.waitUntilIdle();
  await all.focalPoint.post('acknowledgements', { message, decision: 'accepted', officer: 'o1' });
  await all.waitUntilIdle();
});
afterAll(() => all?.close());

const digestsIn = (texts: readonly string[]) => texts.map((text) => digestOfPayload(JSON.parse(text)));

const fileOf = ({ gateway }: { gateway: Gateway }, id = message, contents = false) =>
  exportCase(gateway, { id, contents });

const { claimsOfCase: claimsIn, changeAndSign: closed } = files;
const good = (file: CaseFile) => files.verifyGood(file, all.kh.house.gateway.anchors);
const bad = (file: CaseFile) => files.verifyBad(file, all.kh.house.gateway.anchors);

describe('evidence', () => {
  test('of every step, on both sides, names agreement and designations by the digests of their payloads', async () => {
    const { shelter, focalPoint } = all;
    for (const { house } of [all.kh, all.id]) {
      const parties = [shelter, focalPoint].map((one) => one.designation.focal_point);
      const rows = await house.gateway.store.directory.readDirectory(parties);
      const [agreement] = digestsIn(rows.agreements);
      const view = await house.gateway.store.messages.readMessage(message);
      expect(view?.recipients[0]?.agreement).toEqual({ id: 'id-kh-test', version: 1, digest: agreement });
      for (const row of view?.evidence ?? []) {
        const { rests_on: restsOn } = evidenceSchema.parse(peekStatement(JSON.parse(row.jws)).payload);
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

  test('of a refusal names the designation of the refused sender', async () => {
    const { kh, shelter } = all;
    const answer = await shelter.post('messages', makeReportPost(['nobody']));
    const claims = evidenceSchema.parse(peekStatement((await answer.json()).evidence).payload);
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
  test('shows without contents under which agreement and designations each side took and answered', async () => {
    const verdict = await good(await fileOf(all.kh.house));
    const [one] = verdict.messages;
    const { shelter, focalPoint } = all;
    const [from, to] = [shelter, focalPoint].map((each) => each.designation);
    for (const each of eachOf(one?.evidence))
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
      const told = linesOfCase(phrasesFromFiles(), lang, verdict).join('\n');
      expect(told.split('id-kh-test')).toHaveLength(1 + 1 + 3);
    }
  });

  test('with another text of the agreement is refused', async () => {
    const { house } = all.kh;
    const authorities = [house.authorities.ID, house.authorities.KH];
    const first = makeLaterVersion(new Date(started.getTime() - 3_600_000), { version: 1 });
    const other = { ...(await signStatement('agreement', { ...first, keep_days: 7 }, authorities)) };
    const file = await closed(
      house.gateway,
      await fileOf(house),
      (copy) => void copy.agreements.splice(0, 1, other),
    );
    const place = 'messages[0].evidence[0]';
    expect(await bad(file)).toMatchObject({ place, code: 'digest-mismatch' });
  });

  test('that names another agreement than its evidence is refused', async () => {
    const { house } = all.kh;
    const file = await closed(house.gateway, await fileOf(house), ({ messages: [one] }) => {
      for (const to of one?.recipients ?? []) to.agreement.version = 2;
    });
    const place = 'messages[0].recipients[0]';
    expect(await bad(file)).toMatchObject({ place, code: 'digest-mismatch' });
  });

  test('of the recipient’s gateway proves when the sender’s gateway took it, and does not name the other recipients', async () => {
    const { kh, id, shelter } = all;
    const near = await kh.house.partner({
      slug: 'near',
      name: 'Near',
      country: 'KH',
      officers: [makeOfficer()],
    });
    const { focal_point: focalPoint } = near.designation;
    await addHook(kh.house.gateway, focalPoint, { address: `${all.peer.url}/near` });
    const next = await postMessage(shelter, makeReportPost(['near', 'desk']));
    await all.waitUntilIdle();
    for (const contents of [false, true]) {
      const [one] = (await good(await fileOf(id.house, next, contents))).messages;
      const receipt = one?.evidence.find(({ event }) => event === 'SubmissionAcceptance');
      expect(receipt).toMatchObject({ by: { gateway: kh.house.gateway.did }, at: one?.accepted_at });
      expect(receipt?.rests_on?.agreements).toMatchObject([{ to: all.focalPoint.designation.focal_point }]);
      expect(receipt?.rests_on?.designations).toHaveLength(2);
    }
  });

  test('without a designation that its author’s evidence names is refused; for the other side’s evidence it is reported', async () => {
    const { kh, id, focalPoint } = all;
    // The focal point gets another officer. Its own gateway knows at once, the other one does not.
    const renewed = await id.house.designate({
      slug: 'desk',
      name: 'desk',
      country: 'ID',
      officers: [makeOfficer(), makeOfficer('id', 'o2')],
    });
    expect(renewed.focal_point).toBe(focalPoint.designation.focal_point);
    const isNewest = (jws: unknown): boolean => {
      const { focal_point: of, from } = peekStatement(jws).payload as { focal_point: string; from: string };
      return of === renewed.focal_point && from === renewed.from;
    };
    const next = await postMessage(all.shelter, makeReportPost(['desk']));
    await all.waitUntilIdle();
    const file = await fileOf(kh.house, next);
    expect((await good(file)).not_proven).toContain('rests-elsewhere');
    await id.introduce(renewed);
    expect((await good(await fileOf(kh.house, next))).not_proven).toContain('rests-replaced');
    const lie = await closed(id.house.gateway, await fileOf(id.house, next), (copy) => {
      copy.designations = copy.designations.filter((jws) => !isNewest(jws));
    });
    // The first evidence that this author signed itself; the receipt before it is the other gateway's.
    const place = 'messages[0].evidence[1]';
    expect(await bad(lie)).toMatchObject({ place, code: 'statement-refused' });
  });

  test('with evidence from before such digests verifies, and says who vouches for the agreement', async () => {
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
    const police = await designateOwnCustody(id.house, {
      slug: 'police',
      country: 'ID',
      officers: [makeOfficer('en')],
    });
    await id.introduce(police.designation);
    await addHook(id.house.gateway, police.keys.did, { address: `${server.url}/police`, shows: 'sealed' });
    const sent = await postMessage(shelter, makeReportPost(['police']));
    await all.waitUntilIdle();
    const received = listPostedTo(server, '/police').at(-1)?.data ?? {};
    const about = { message: sent, sender: shelter.designation.focal_point, at: id.house.gateway.now() };
    const word = await signAcknowledgement(police.keys, {
      ...about,
      digest: digestOfSealed(received['sealed']),
    });
    const path = '/v1/focal-points/police/acknowledgements';
    expect((await postSigned(id.house, path, word)).status).toBe(201);
    await all.waitUntilIdle();
    for (const { house } of [kh, id]) {
      const verdict = await good(await fileOf(house, sent, true));
      const last = verdict.messages[0]?.evidence.at(-1);
      expect(last).toMatchObject({ event: 'ConsignmentAcceptance', attestation: 'own-signature' });
      expect(verdict.not_proven).not.toContain('gateway-knows-officer');
    }
    // Its gateway cannot put the focal point's signature under another acknowledgement.
    const file = await fileOf(id.house, sent);
    const at = claimsIn(file).findIndex((one) => one.event === 'ConsignmentAcceptance');
    const other = { event: 'ConsignmentRejection', reason: 'unlawful' } as const;
    const uris = { event_uri: uriOfEvent(other.event), reason_uri: uriOfReason(other.event, other.reason) };
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
