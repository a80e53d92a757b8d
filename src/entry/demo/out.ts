/**
 * What each outside party really received, as files for other people's tools. The private keys are those of invented
 * focal points: a real gateway gives out none.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { focalPointDid, gatewayDid } from '../../domain/party.ts';
import type { Gateway } from '../../gateway.ts';
import { unwrap } from '../../seal/custody.ts';
import { CAST, ROLES, type Role, type SystemRole } from './cast.ts';
import { accepted, insist } from './insist.ts';
import type { Setting } from './setting.ts';
import type { Sent } from './story.ts';

/** Writes everything into `folder`, which is made where it is not there. */
export async function writeOut(
  folder: string,
  setting: Setting,
  gateway: Gateway,
  sent: readonly Sent[],
): Promise<void> {
  const put = putter(folder);
  const lines = (list: readonly unknown[]): string => list.map((one) => `${JSON.stringify(one)}\n`).join('');
  for (const one of sent) {
    put(`evidence/${one.id}.jsonl`, lines(one.status.evidence));
    for (const role of one.to)
      put(`sealed/${one.id}.${CAST[role].slug}.json`, await sealedTo(setting, gateway, one, role));
  }
  for (const role of ROLES) {
    const { slug } = CAST[role];
    put(`did/${slug}.json`, await document(setting.url, slug));
    put(`keys/${slug}.jwks.json`, pretty({ keys: await privateKeys(setting, gateway, role) }));
  }
  put('keys/gateway.jwks.json', pretty({ keys: [gateway.key.publicJwk] }));
  putMail(put, setting);
  put('telegram/calls.jsonl', lines(setting.bot.calls));
  const systems = Object.keys(setting.partners) as SystemRole[];
  put('webhook/received.jsonl', lines(systems.flatMap((role) => setting.receivers[role].received)));
  const secrets = systems.map((role) => [
    setting.receivers[role].url,
    setting.partners[role].enrolment.outbound,
  ]);
  put('webhook/secrets.json', pretty(Object.fromEntries(secrets)));
}

type Put = (name: string, content: string | Uint8Array) => void;

function putter(folder: string): Put {
  for (const part of ['sealed', 'did', 'keys', 'mail', 'telegram', 'webhook', 'evidence']) {
    mkdirSync(join(folder, part), { recursive: true });
  }
  return (name, content) => writeFileSync(join(folder, name), content);
}

const pretty = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

function putMail(put: Put, { mailbox, attache, mailAuthority }: Setting): void {
  for (const packet of mailbox.packets) put(`mail/${packet.message}.eml`, packet.raw);
  put('mail/attache.key.pem', attache.privateKey);
  put('mail/attache.cert.pem', attache.certificate);
  put('mail/ca.pem', mailAuthority);
}

/** As it came to a system that opens for itself; for the others, as the gateway keeps it until it translates. */
async function sealedTo(setting: Setting, gateway: Gateway, { id }: Sent, role: Role): Promise<string> {
  if (role === 'police') {
    const received = setting.receivers[role].received
      .map((call) => JSON.parse(call.body) as { data: { id?: string; sealed?: unknown } })
      .find(({ data }) => data.id === id && data.sealed !== undefined);
    return pretty(received?.data.sealed);
  }
  const text = await gateway.store.sealed(id, didOf(setting, role));
  return pretty(JSON.parse(text ?? 'null'));
}

const didOf = ({ url }: Setting, role: Role): string => focalPointDid(gatewayDid(url), CAST[role].slug);

async function document(gateway: string, slug: string): Promise<string> {
  const answer = await insist(async () => ({ url: `${gateway}/fp/${slug}/did.json`, init: {} }));
  return pretty(accepted('a DID document', answer));
}

async function privateKeys(setting: Setting, gateway: Gateway, role: Role): Promise<readonly unknown[]> {
  if (role === 'police') return setting.ownKeys;
  const rows = await gateway.store.secrets(didOf(setting, role), 'custody-key', gateway.now());
  return Promise.all(
    rows.map(async (row) => JSON.parse(await unwrap(gateway.master, row.kind, row.id, row.wrapped))),
  );
}
