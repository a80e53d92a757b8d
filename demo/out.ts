/**
 * What each outside party really received, as files for other people's tools. The private keys are those of invented
 * focal points: a real gateway gives out none.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { focalPointDid } from '../src/domain/party/party.ts';
import { textOf } from '../src/domain/words/long-text.ts';
import { unwrap } from '../src/seal/custody.ts';
import { CAST, type Role } from './cast.ts';
import { homeOf } from './houses.ts';
import { accepted, insist } from './insist.ts';
import type { Proof } from './proof.ts';
import type { Setting } from './setting.ts';
import type { Served } from './stage.ts';
import type { Sent } from './thread.ts';

/** Everything there is to show. */
export interface Shown {
  readonly setting: Setting;
  readonly served: readonly Served[];
  readonly sent: readonly Sent[];
  readonly proof: Proof;
}

/** Writes everything into `folder`, which is made where it is not there. */
export async function writeOut(folder: string, shown: Shown): Promise<void> {
  const put = putter(folder);
  const { setting, served, sent } = shown;
  for (const one of sent) {
    put(`evidence/${one.id}.jsonl`, lines(one.status.evidence));
    for (const role of one.to) {
      const sealed = await sealedTo(shown, one, role);
      if (sealed !== undefined) put(`sealed/${one.id}.${CAST[role].slug}.json`, sealed);
    }
  }
  for (const role of setting.company.roles) {
    const { slug } = CAST[role];
    put(`did/${slug}.json`, await document(homeOf(served, role).url, slug));
    put(`keys/${slug}.jwks.json`, pretty({ keys: await privateKeys(shown, role) }));
  }
  put('keys/gateway.jwks.json', pretty({ keys: served.map(({ gateway }) => gateway.key.publicJwk) }));
  putMail(put, setting);
  put('telegram/calls.jsonl', lines(served.flatMap(({ bot }) => bot.calls)));
  putWebhooks(put, setting);
  putProof(put, shown);
}

const lines = (list: readonly unknown[]): string => list.map((one) => `${JSON.stringify(one)}\n`).join('');

type Put = (name: string, content: string | Uint8Array) => void;

function putter(folder: string): Put {
  return (name, content) => {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  };
}

const pretty = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

function putMail(put: Put, { mailbox, attache, mailAuthority }: Setting): void {
  for (const packet of mailbox.packets) put(`mail/${packet.message}.eml`, packet.raw);
  put('mail/attache.key.pem', attache.privateKey);
  put('mail/attache.cert.pem', attache.certificate);
  put('mail/ca.pem', mailAuthority);
}

function putWebhooks(put: Put, { partners, receivers }: Setting): void {
  const systems = [...partners];
  put('webhook/received.jsonl', lines(systems.flatMap(([role]) => receivers[role].received)));
  const secrets = systems.map(([role, { enrolment }]) => [receivers[role].url, enrolment.outbound]);
  put('webhook/secrets.json', pretty(Object.fromEntries(secrets)));
}

/** Each thread as the gateway exports it where it was opened, and all that is needed to judge it and the ledgers. */
function putProof(put: Put, { setting, served, sent, proof }: Shown): void {
  for (const { house, thread, text } of proof.exports) {
    const first = sent.find((one) => one.thid === thread);
    if (first !== undefined && homeOf(served, first.from) === house) put(`export/${thread}.amanat`, text);
  }
  for (const [country, pem] of setting.anchors) put(`anchors/${country}.pem`, pem);
  for (const { house, checkpoint, vkey } of proof.ledgers) {
    put(`ledger/${house.slug}/checkpoint`, checkpoint);
    put(`ledger/${house.slug}/vkey`, vkey);
  }
}

/** As it came to a system that opens for itself; for the others, as their gateway keeps it, which may have purged it. */
async function sealedTo({ setting, served }: Shown, { id }: Sent, role: Role): Promise<string | undefined> {
  if (role === 'police') {
    const received = setting.receivers[role].received
      .map((call) => JSON.parse(call.body) as { data: { id?: string; sealed?: unknown } })
      .find(({ data }) => data.id === id && data.sealed !== undefined);
    return received && pretty(received.data.sealed);
  }
  const { gateway } = homeOf(served, role);
  const text = await gateway.store.sealed(id, focalPointDid(gateway.did, CAST[role].slug));
  return text && pretty(JSON.parse(textOf(text)));
}

async function document(gateway: string, slug: string): Promise<string> {
  const answer = await insist(async () => ({ url: `${gateway}/fp/${slug}/did.json`, init: {} }));
  return pretty(accepted('a DID document', answer));
}

async function privateKeys({ setting, served }: Shown, role: Role): Promise<readonly unknown[]> {
  if (role === 'police') return setting.ownKeys;
  const { gateway } = homeOf(served, role);
  const did = focalPointDid(gateway.did, CAST[role].slug);
  const rows = await gateway.store.secrets(did, 'custody-key', gateway.now());
  return Promise.all(rows.map(async (row) => JSON.parse(await unwrap(gateway.master, row, row.wrapped))));
}
