/** A gateway of this version and a process of commit 707277f exchange messages, and both prove them. */
import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FIRST_READABLE_VERSIONS } from '../../src/domain/evidence/capabilities.ts';
import { keepDesignation } from '../../src/entry/enrolling/designating.ts';
import { keepAgreement } from '../../src/entry/enrolling/enrol.ts';
import { keepGateway } from '../../src/entry/enrolling/peers.ts';
import { exportCase } from '../../src/flow/case/export.ts';
import { writeCase } from '../../src/flow/case/reading.ts';
import { verifyCase } from '../../src/flow/case/verify.ts';
import { fetchDueCapabilities, findCapabilities } from '../../src/flow/directory/peer-reads.ts';
import { extendLedger } from '../../src/flow/ledger/ledger.ts';
import { witnessPeers } from '../../src/flow/ledger/witness.ts';
import { peekStatement } from '../../src/seal/statement.ts';
import { addHook } from '../support/confirmed.ts';
import { HAS_COMMIT, type OldGateway, startOldGateway } from '../support/gateway-707277f.ts';
import { type HttpPeer, startPeer } from '../support/http-peer.ts';
import { makeRig, makeTestAuthorities, type Rig, type RigPartner } from '../support/rig.ts';
import { designateGateway } from '../support/signed-statements.ts';
import { fetchMessageStatus, makeOfficer, makeReportPost, postMessage } from '../support/story.ts';
import { makeGatewayKey } from '../support/two-gateways.ts';

let old: OldGateway;
let house: Rig;
let server: Server;
let peer: HttpPeer;
let shelter: RigPartner;
const officers = [makeOfficer(), makeOfficer('id', 'o2')];

async function settle(): Promise<void> {
  while ((await house.drain()) + (await old.ask('drain')) > 0);
}

/** A port of this side, with nothing behind it yet. */
async function door() {
  let serve: (request: Request) => Response | Promise<Response> = () => new Response(null, { status: 503 });
  server = createServer(getRequestListener((request) => serve(request))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    behind: (app: Rig['app']) => {
      serve = (request) => app.fetch(request);
    },
  };
}

describe.runIf(HAS_COMMIT)('with a process of version 707277f', () => {
  beforeAll(async () => {
    peer = await startPeer();
    const start = new Date();
    const authorities = await makeTestAuthorities(start);
    const { host, behind } = await door();
    old = await startOldGateway({ authorities, agreedAt: start, allow: [peer.host, host] });
    const theirs = await old.ask('own');
    const url = `http://${host}`;
    const values = { AMANAT_URL: url, AMANAT_GATEWAY_KEY: await makeGatewayKey(url) };
    const allow = [peer.host, new URL(theirs.url).host];
    house = await makeRig({ authorities, allow, agreedAt: null, values });
    behind(house.app);
    const { gateway } = house;
    for (const [country, { url, publicJwk }] of [
      ['KH', { url: gateway.url, publicJwk: gateway.key.publicJwk }],
      ['ID', theirs],
    ] as const) {
      const draft = { url, name: `Gateway ${country}`, country, signing: [publicJwk] };
      const statement = await designateGateway(house.authorities[country], draft, gateway.now());
      await keepGateway(gateway, statement);
      await old.ask('keepGateway', statement);
    }
    for (const text of await old.ask('agreements')) await keepAgreement(gateway, JSON.parse(text));
    const recipient = await old.ask(
      'partner',
      { slug: 'desk', name: 'Desk', country: 'ID', officers },
      `${peer.url}/desk`,
    );
    for (const text of recipient.statements) await keepDesignation(gateway, JSON.parse(text));
    shelter = await house.partner({ slug: 'shelter', name: 'Shelter', country: 'KH', officers });
    const { focal_point: focalPoint } = shelter.designation;
    const address = `${peer.url}/shelter`;
    await addHook(gateway, focalPoint, { address });
    for (const text of (await gateway.store.directory.readDirectory([focalPoint])).designations)
      await old.ask('keepDesignation', JSON.parse(text));
  });
  afterAll(async () => {
    await old?.close();
    server?.closeAllConnections();
    server?.close();
    await house?.close();
    await peer?.close();
  });

  test('it publishes no list of what it reads, so it gets the first versions', async () => {
    const { gateway } = house;
    expect(await fetchDueCapabilities(gateway, new AbortController().signal)).toBe(1);
    const own = await old.ask('own');
    const rows = (await gateway.store.directory.readDirectory([])).gateways.map(
      (text) => peekStatement(JSON.parse(text)).payload,
    );
    const one = (rows as { gateway: string }[]).find((row) => row.gateway === own.did);
    expect(await findCapabilities(gateway, one as Parameters<typeof findCapabilities>[1])).toEqual(
      FIRST_READABLE_VERSIONS,
    );
  });

  test('a report goes there, is declined and accepted, settled, and all evidence comes back', async () => {
    const message = await postMessage(shelter, makeReportPost(['desk']));
    await settle();
    const say = async (word: object): Promise<string> => {
      const { status, body } = await old.ask('post', 'desk', 'acknowledgements', { message, ...word });
      expect(status, JSON.stringify(body)).toBeLessThan(300);
      return (peekStatement(body.evidence).payload as { id: string }).id;
    };
    const words = [
      await say({ decision: 'declined', ground: 'other', officer: 'o1' }),
      await say({ decision: 'accepted', officer: 'o2' }),
    ];
    await say({ decision: 'accepted', officer: 'o1', settles: words });
    await settle();
    const status = await fetchMessageStatus(shelter, message);
    expect(status.state).toBe('acknowledged');
    const [, theirs] = [status, (await old.ask('status', 'desk', message)).body];
    expect(status.evidence.length).toBe(theirs.evidence.length);
  });

  test('a message comes from there, is acknowledged, and its sender is told', async () => {
    const sent = await old.ask('post', 'desk', 'messages', makeReportPost(['shelter']));
    expect(sent.status, JSON.stringify(sent.body)).toBe(202);
    await settle();
    const { id: message } = sent.body;
    const word = { message, decision: 'accepted', officer: 'o1' };
    expect((await shelter.post('acknowledgements', word)).status).toBe(201);
    await settle();
    expect((await old.ask('status', 'desk', message)).body.state).toBe('acknowledged');
  });

  test('a recalled message is purged on both sides', async () => {
    const message = await postMessage(shelter, makeReportPost(['desk']));
    await settle();
    const { thid } = await fetchMessageStatus(shelter, message);
    const body = { reason: 'wrong-recipient' };
    const more = { urgency: 'urgent', handling: 'H1', lang: 'en', thid, about: message, body };
    await postMessage(shelter, { ...more, to: ['desk'], type: 'recall' });
    await settle();
    expect((await fetchMessageStatus(shelter, message)).state).toBe('recalled');
    expect((await old.ask('status', 'desk', message)).body.state).toBe('recalled');
  });

  test('a message that waits here for an endpoint is reported in its terms: not delivered, then delivered', async () => {
    const { gateway } = house;
    const far = await house.partner({ slug: 'far', name: 'Far', country: 'KH', officers });
    const { focal_point: focalPoint } = far.designation;
    for (const text of (await gateway.store.directory.readDirectory([focalPoint])).designations)
      await old.ask('keepDesignation', JSON.parse(text));
    const sent = await old.ask('post', 'desk', 'messages', makeReportPost(['shelter', 'far']));
    expect(sent.status, JSON.stringify(sent.body)).toBe(202);
    await settle();
    const { id: message } = sent.body;
    const said = async (): Promise<readonly (readonly unknown[])[]> => {
      const { evidence } = (await old.ask('status', 'desk', message)).body;
      const claims = evidence.map((jws: unknown) => peekStatement(jws).payload as Record<string, unknown>);
      return claims
        .filter((one: Record<string, unknown>) => one['recipient'] === focalPoint)
        .map((one: Record<string, unknown>) => [one['event'], one['reason']]);
    };
    expect(await said()).toEqual([['ContentConsignmentFailure', 'no-endpoint']]);
    const address = `${peer.url}/far`;
    await addHook(gateway, focalPoint, { address });
    await settle();
    expect(await said()).toContainEqual(['ContentConsignment', undefined]);
    for (const party of [shelter, far]) {
      const word = { message, decision: 'accepted', officer: 'o1' };
      expect((await party.post('acknowledgements', word)).status).toBe(201);
    }
    await settle();
    expect((await old.ask('status', 'desk', message)).body.state).toBe('acknowledged');
  });

  test('nothing waits or is refused between them, and each cosigns the other’s ledger', async () => {
    const { gateway } = house;
    await extendLedger(gateway);
    await old.ask('extend');
    house.pass(70);
    await old.ask('pass', 70);
    await witnessPeers(gateway);
    await old.ask('witness');
    expect([await gateway.store.ledger.alarmCount(), await old.ask('alarms')]).toEqual([0, 0]);
    const attempts = [
      ...house.lines.filter(({ event }) => event === 'delivery.attempt').map(({ fields }) => fields),
      ...(await old.ask('attempts')),
    ];
    const relayed = attempts.filter((one) => one['channel'] === 'relay');
    expect(relayed.length).toBeGreaterThan(8);
    expect(relayed.filter((one) => one['outcome'] !== 'accepted')).toEqual([]);
  });

  test('each verifies the other’s exports', async () => {
    const { gateway } = house;
    const threads = await house.database.sql<{ thread: string }[]>`select distinct thread from message`;
    for (const { thread } of threads)
      for (const contents of [false, true]) {
        const ours = writeCase(await exportCase(gateway, { id: thread, contents }));
        const theirs: string = await old.ask('exported', thread, contents);
        for (const text of [ours, theirs]) {
          const now = await verifyCase(Buffer.from(text), gateway.anchors);
          expect(now, JSON.stringify(now).slice(0, 200)).toMatchObject({
            verified: true,
            unrewritable: true,
          });
          expect(await old.ask('verify', text)).toMatchObject({ verified: true, unrewritable: true });
        }
      }
  });

  test('it refuses a whole message to a focal point there without an endpoint, with its signature', async () => {
    const draft = { slug: 'mute', name: 'Mute', country: 'ID', officers };
    const mute = await old.ask('partner', draft);
    for (const text of mute.statements) await keepDesignation(house.gateway, JSON.parse(text));
    const message = await postMessage(shelter, makeReportPost(['desk', 'mute']));
    await settle();
    const status = await fetchMessageStatus(shelter, message);
    expect(status.state).toBe('failed');
    const claims = status.evidence.map((jws: unknown) => peekStatement(jws).payload);
    expect(claims).toContainEqual(
      expect.objectContaining({ event: 'RelayRejection', reason: 'no-endpoint' }),
    );
  });
});
