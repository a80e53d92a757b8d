/**
 * Writes what each outside party really received to files, for other tools. The private keys belong to invented focal
 * points; a real gateway never gives them out.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CaseMessage } from '../src/domain/evidence/case-file.ts';
import type { Consignment } from '../src/domain/message/consignment.ts';
import { didOfFocalPoint, didOfGateway } from '../src/domain/party/designation.ts';
import { unwrapSecret } from '../src/seal/custody.ts';
import { peekStatement } from '../src/seal/statement.ts';
import { callUntilAnswered, readAccepted } from '../test/support/outside/calling.ts';
import { createKeyBook } from '../test/support/outside/key-book.ts';
import { CAST, type Role } from './cast.ts';
import { didOfRole, houseOfRole } from './houses.ts';
import type { StoryProof } from './proof.ts';
import type { DemoSetting } from './setting.ts';
import type { ServedHouse } from './stage.ts';
import type { AcknowledgedMessage } from './thread.ts';

/** Everything that can be written. */
export interface DemoRecord {
  readonly setting: DemoSetting;
  readonly served: readonly ServedHouse[];
  readonly sent: readonly AcknowledgedMessage[];
  readonly proof: StoryProof;
}

/** Writes everything into `folder`, and makes the folder if it is missing. */
export async function writeDemoRecord(folder: string, shown: DemoRecord): Promise<void> {
  const put = putter(folder);
  const { setting, served, sent } = shown;
  for (const one of sent) {
    put(`evidence/${one.id}.jsonl`, lines(one.status.evidence));
    for (const role of one.to) {
      const sealed = sealedTo(shown, one, role);
      if (sealed !== undefined) put(`sealed/${one.id}.${CAST[role].slug}.json`, sealed);
    }
  }
  for (const role of setting.company.roles) {
    const { slug } = CAST[role];
    put(`did/${slug}.json`, await document(houseOfRole(served, role).url, slug));
    put(`keys/${slug}.jwks.json`, pretty({ keys: await privateKeys(shown, role) }));
  }
  const book = createKeyBook();
  const published = await Promise.all(served.map(({ url }) => book.signing(didOfGateway(url))));
  put('keys/gateway.jwks.json', pretty({ keys: published.flat() }));
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

function putMail(put: Put, { mailbox, attache, mailAuthority }: DemoSetting): void {
  for (const packet of mailbox.packets) put(`mail/${packet.message}.eml`, packet.raw);
  put('mail/attache.key.pem', attache.privateKey);
  put('mail/attache.cert.pem', attache.certificate);
  put('mail/ca.pem', mailAuthority);
}

function putWebhooks(put: Put, { partners, receivers }: DemoSetting): void {
  const systems = [...partners];
  put('webhook/received.jsonl', lines(systems.flatMap(([role]) => receivers[role].received)));
  const secrets = systems.map(([role, { enrolment }]) => [receivers[role].url, enrolment.outbound]);
  put('webhook/secrets.json', pretty(Object.fromEntries(secrets)));
}

/**
 * Writes each thread as exported by the gateway where it began, and everything that is needed to verify it and the
 * ledgers.
 */
function putProof(put: Put, { setting, served, sent, proof }: DemoRecord): void {
  for (const { house, thread, text } of proof.exports) {
    const first = sent.find((one) => one.thid === thread);
    if (first !== undefined && houseOfRole(served, first.from) === house)
      put(`export/${thread}.amanat`, text);
  }
  for (const [country, pem] of setting.anchors) put(`anchors/${country}.pem`, pem);
  for (const { house, checkpoint, vkey } of proof.ledgers) {
    put(`ledger/${house.slug}/checkpoint`, checkpoint);
    put(`ledger/${house.slug}/vkey`, vkey);
  }
}

/**
 * The sealed message to one recipient, from the export; undefined if its gateway has purged it, or if the thread was
 * not exported.
 */
function sealedTo(
  { served, proof }: DemoRecord,
  { id, thid }: AcknowledgedMessage,
  role: Role,
): string | undefined {
  const house = houseOfRole(served, role);
  const { file } = proof.exports.find((one) => one.house === house && one.thread === thid) ?? {};
  const message = file?.messages.find((one) => one.id === id);
  const sealed = message && sealedIn(message, didOfRole(served, role));
  return sealed && pretty(sealed);
}

/** The sealed message to one recipient, from the signed consignment (docs/wire.md). */
function sealedIn({ consignment }: CaseMessage, to: string): object | undefined {
  if (consignment === undefined) return undefined;
  const { body, attachments } = peekStatement(consignment).payload as unknown as Consignment;
  const { attachment } = body.recipients.find((one) => one.to === to) ?? {};
  return attachments.find((one) => one.id === attachment)?.data.json;
}

async function document(gateway: string, slug: string): Promise<string> {
  const answer = await callUntilAnswered(async () => ({ url: `${gateway}/fp/${slug}/did.json`, init: {} }));
  return pretty(readAccepted('a DID document', answer));
}

/**
 * Reads private keys from custody, for which there is no command and no API route. Outsiders need them to open the
 * messages of the invented focal points.
 */
async function privateKeys({ setting, served }: DemoRecord, role: Role): Promise<readonly unknown[]> {
  if (role === 'police') return setting.ownKeys;
  const { gateway } = houseOfRole(served, role);
  const did = didOfFocalPoint(gateway.did, CAST[role].slug);
  const rows = await gateway.store.secrets.secretsInUse(did, 'custody-key', gateway.now());
  return Promise.all(
    rows.map(async (row) => JSON.parse(await unwrapSecret(gateway.master, row, row.wrapped))),
  );
}
