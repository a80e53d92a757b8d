/** Certificates and secrets are renewed in place: old and new are both accepted until a day. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { changeEndpoint } from '../../src/entry/enrolling/endpoints.ts';
import { replacePartnerSecret } from '../../src/entry/enrolling/enrol.ts';
import { issueMailCertificate } from '../../src/entry/home/certificates.ts';
import { readWebhookSigner, signWebhook } from '../../src/seal/webhook-signature.ts';
import { ATTACHE, issueEc, openPacket } from '../adapters/email/rig.ts';
import { type AllChannels, makeAllChannels } from '../support/all-channels.ts';
import { confirmAllEndpoints } from '../support/confirmed.ts';
import { GATEWAY_URL } from '../support/rig.ts';
import { makeReportPost, PRIVATE_TEXT, postMessage } from '../support/story.ts';

const DAY = 86_400;

let all: AllChannels;
beforeEach(async () => {
  all = await makeAllChannels();
});
afterEach(() => all?.close());

/** Sends a report and gives back the bytes of the mail that brought it. */
async function mailed(): Promise<Buffer> {
  await postMessage(all.shelter, makeReportPost(['desk']));
  await all.house.drain();
  return all.mail.received.at(-1)?.raw ?? Buffer.alloc(0);
}

const opens = async (raw: Buffer, key: AllChannels['known']['rsa']): Promise<boolean> => {
  try {
    return (await openPacket(raw, key, all.known.authority)).text.includes(PRIVATE_TEXT[0] ?? '');
  } catch {
    return false;
  }
};

test('a mailbox’s new certificate opens mail at once, the old one until its end', async () => {
  const { gateway } = all.house;
  const id = await all.mailbox('o1');
  const request = { name: 'Invented', email: ATTACHE, now: new Date(), days: 90, usage: 'both' } as const;
  const fresh = await issueMailCertificate(all.known.authority, request);
  expect(await opens(await mailed(), all.known.rsa)).toBe(true);
  const endpoint = await gateway.store.endpoints.findEndpoint(id);
  if (endpoint === undefined) throw new Error('no endpoint');
  await changeEndpoint(gateway, endpoint, { certificate: fresh.certificate }, 14);
  expect(await opens(await mailed(), fresh)).toBe(false);
  await confirmAllEndpoints(gateway);
  const during = await mailed();
  expect([await opens(during, all.known.rsa), await opens(during, fresh)]).toEqual([true, true]);
  all.house.pass(15 * DAY);
  const after = await mailed();
  expect([await opens(after, all.known.rsa), await opens(after, fresh)]).toEqual([false, true]);
});

test('from RSA to an elliptic curve, too; and an old one that may not be used any more is not used', async () => {
  const { gateway } = all.house;
  const id = await all.mailbox('o1');
  const curve = await issueEc(all.known.authority, {});
  const endpoint = await gateway.store.endpoints.findEndpoint(id);
  if (endpoint === undefined) throw new Error('no endpoint');
  await changeEndpoint(gateway, endpoint, { certificate: curve.certificate }, 14);
  await confirmAllEndpoints(gateway);
  expect((await mailed()).length).toBeGreaterThan(0);
  const kept = await gateway.store.endpoints.findEndpoint(id);
  expect(kept?.oldCertificate?.pem).toBe(all.known.rsa.certificate);
  await changeEndpoint(gateway, kept ?? endpoint, { certificate: all.known.rsa.certificate }, 0);
  await confirmAllEndpoints(gateway);
  const back = await gateway.store.endpoints.findEndpoint(id);
  expect(back).toMatchObject({ certificate: all.known.rsa.certificate });
  expect(back?.oldCertificate).toBeUndefined();
});

test('a new certificate restores a mailbox that its server reported dead', async () => {
  const { gateway } = all.house;
  const id = await all.mailbox('o1');
  await all.telegram('o2', 5550401, 2);
  all.mail.setFault((stage) => (stage === 'RCPT' ? { code: 550, text: '5.1.1 No such user' } : undefined));
  for (let n = 0; n < 3; n += 1) {
    await mailed();
    all.house.pass(3 * 3_600);
  }
  const off = await gateway.store.endpoints.findEndpoint(id);
  expect(off).toMatchObject({ enabled: false, off: { code: 'smtp-550' } });
  const request = { name: 'Invented', email: ATTACHE, now: new Date(), days: 90, usage: 'both' } as const;
  const fresh = await issueMailCertificate(all.known.authority, request);
  if (off === undefined) throw new Error('no endpoint');
  await changeEndpoint(gateway, off, { certificate: fresh.certificate }, 14);
  await confirmAllEndpoints(gateway);
  expect(await gateway.store.endpoints.findEndpoint(id)).toMatchObject({
    enabled: true,
    certificate: fresh.certificate,
  });
});

test('a stolen posting secret is refused once it is replaced without overlap', async () => {
  const { gateway } = all.house;
  const { designation, secret: stolen } = all.shelter;
  const tried = async (secret: string): Promise<number> => {
    const body = JSON.stringify(makeReportPost(['desk']));
    const timestamp = Math.floor(gateway.now().getTime() / 1_000);
    const signed = await signWebhook([await readWebhookSigner(secret)], {
      id: gateway.newId(),
      timestamp,
      body,
    });
    const headers = { 'content-type': 'application/json', ...signed };
    const address = `${GATEWAY_URL}/v1/focal-points/shelter/messages`;
    return (await all.house.app.request(address, { method: 'POST', headers, body })).status;
  };
  await all.hook('/desk');
  const second = await replacePartnerSecret(gateway, designation.focal_point);
  expect([await tried(stolen), await tried(second ?? '')]).toEqual([202, 202]);
  const third = await replacePartnerSecret(gateway, designation.focal_point, undefined, 0);
  expect([await tried(stolen), await tried(second ?? ''), await tried(third ?? '')]).toEqual([401, 401, 202]);
});
