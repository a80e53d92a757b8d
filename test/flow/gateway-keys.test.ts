/**
 * A gateway that has replaced its key is still trusted for what it signed with the old one, and for nothing
 * else.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Evidence, uriOfEvent } from '../../src/domain/evidence/evidence.ts';
import { keepGateway } from '../../src/entry/enrolling/peers.ts';
import { takeEvidence } from '../../src/flow/carry/evidence-back.ts';
import { exportCase } from '../../src/flow/case/export.ts';
import { readDirectory, readGatewayHistory, requirePeer } from '../../src/flow/directory/directory.ts';
import type { Gateway } from '../../src/gateway.ts';
import { generateSigningJwk, importSigningKey, type SigningKey } from '../../src/seal/keys.ts';
import { signStatement } from '../../src/seal/statement.ts';
import { type AcrossBorder, designateSide, makeAcrossBorder } from '../support/across.ts';
import { changeAndSign, claimsOfCase, verifyBad, verifyGood } from '../support/case-files.ts';
import { nameOfficer } from '../support/own-custody.ts';
import { makeOfficer, makeReportPost, postMessage } from '../support/story.ts';
import { newId } from '../support/two-gateways.ts';

let all: AcrossBorder;
let message: string;
let digest: string;
/** Indonesia's gateway, with the key that it has from `since` on. */
let next: Gateway;
let before: SigningKey;
let since: Date;

beforeAll(async () => {
  all = await makeAcrossBorder();
  const { kh, id } = all;
  const started = new Date();
  await designateSide(kh, 'KH', started);
  await designateSide(id, 'ID', started);
  message = await postMessage(all.shelter, makeReportPost(['desk']));
  await all.waitUntilIdle();
  digest = (await kh.house.gateway.store.messages.readMessage(message))?.recipients[0]?.digest ?? '';
  before = id.house.gateway.key;
  const key = await importSigningKey(await generateSigningJwk(`${id.house.gateway.did}#evidence-2`));
  next = { ...id.house.gateway, key };
  id.house.keepKey(key.publicJwk);
  for (const { house } of [kh, id]) house.pass(60);
  since = id.house.gateway.now();
  await keepGateway(kh.house.gateway, await designateSide(id, 'ID', since, key));
});
afterAll(() => all?.close());

/** Evidence of an opening by Indonesia's gateway. */
const opening = (at: Date, key: SigningKey) => {
  const { shelter, focalPoint } = all;
  const claims: Evidence = {
    kind: 'evidence',
    id: newId(),
    event: 'ContentHandover',
    event_uri: uriOfEvent('ContentHandover'),
    consignment: message,
    sender: shelter.designation.focal_point,
    recipient: focalPoint.designation.focal_point,
    digest,
    officer: nameOfficer(makeOfficer()),
    at: at.toISOString(),
    by: next.did,
  };
  return signStatement('evidence', claims, [key]);
};

const earlier = () => new Date(since.getTime() - 30_000);

test('every designation of the gateway is kept, and one is in force', async () => {
  const { gateway } = all.kh.house;
  expect(await readGatewayHistory(gateway, next.did)).toHaveLength(2);
  const { gateways } = await readDirectory(gateway, []);
  const kids = gateways.filter((one) => one.gateway === next.did).map((one) => one.keys.signing);
  expect(kids).toEqual([[next.key.publicJwk]]);
});

test('files with older evidence verify on both sides, without later statements', async () => {
  const { gateway } = all.kh.house;
  for (const by of [next, gateway]) {
    const file = await exportCase(by, { id: message, contents: false });
    const verdict = await verifyGood(file, gateway.anchors);
    expect(verdict.not_proven).not.toContain('vouched-later');
    expect(new Set(verdict.messages[0]?.evidence.map((one) => one.by.country))).toContain('ID');
  }
});

test('evidence signed by the old key after its end is refused', async () => {
  const { anchors } = all.kh.house.gateway;
  const file = await exportCase(next, { id: message, contents: false });
  const count = claimsOfCase(file).length;
  const adding = async (at: Date) => {
    const jws = { ...(await opening(at, before)) };
    return changeAndSign(next, file, ({ messages: [one] }) => void one?.evidence.push({ jws }));
  };
  await verifyGood(await adding(earlier()), anchors);
  const place = `messages[0].evidence[${count}]`;
  expect(await verifyBad(await adding(since), anchors)).toMatchObject({ place, code: 'unknown-gateway' });
});

test('evidence signed by the old key in time is accepted when it comes late', async () => {
  const { gateway } = all.kh.house;
  const caller = requirePeer(await readDirectory(gateway, []), next.did, gateway.now());
  const take = async (at: Date, key: SigningKey) => takeEvidence(gateway, caller, await opening(at, key));
  expect(await take(earlier(), before)).toBe('kept');
  expect(await take(since, next.key)).toBe('kept');
  await expect(take(since, before)).rejects.toMatchObject({ code: 'unknown-sender' });
});
