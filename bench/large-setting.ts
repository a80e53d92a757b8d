/**
 * The setting for large messages. Two gateways use one PostgreSQL server, each with its own database. Focal points
 * cover each way in and out: a partner's post, a focal point with its own keys, a webhook, a mailbox, and a focal
 * point at the other gateway.
 */
import { chmodSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import type { Designation } from '../src/domain/party/designation.ts';
import { present } from '../src/domain/words/present.ts';
import { chance } from '../src/entry/chance.ts';
import { draftDesignation, keepDesignation } from '../src/entry/enrolling/designating.ts';
import { addEndpoint, addPartnerSecret, keepAgreement } from '../src/entry/enrolling/enrol.ts';
import { claimsOfGateway, keepGateway } from '../src/entry/enrolling/peers.ts';
import { issueMailCertificate } from '../src/entry/home/certificates.ts';
import { readHome, readMailAuthority, writeConfig, writeSecret } from '../src/entry/home/home.ts';
import { initHome } from '../src/entry/home/init.ts';
import { openGateway } from '../src/entry/node.ts';
import { startEmbeddedServer } from '../src/entry/postgres/embedded.ts';
import type { Gateway } from '../src/gateway.ts';
import { silentLog } from '../src/log.ts';
import type { Jws } from '../src/seal/jws.ts';
import type { SigningKey } from '../src/seal/keys.ts';
import { signStatement } from '../src/seal/statement.ts';
import { type MailServer, startMailServer } from '../test/support/outside/mail-server.ts';
import {
  BENCH_COUNTRIES,
  BENCH_OFFICERS,
  draftBenchAgreement,
  findFreePorts,
  makeOwnKeys,
  type OwnKeys,
  readAuthorityKeys,
} from './ground.ts';

export interface LargeSetting {
  /** Home folders: of the gateway that receives the posts, and of the one to which it relays. */
  readonly homes: { readonly near: string; readonly far: string };
  readonly focalPoints: LargeFocalPoints;
  readonly mail: MailServer;
  close(): Promise<void>;
}

export interface LargeFocalPoints {
  readonly gateway: string;
  /** Posts plain messages with a webhook signature. */
  readonly shelter: { readonly slug: string; readonly secret: string };
  /** Posts its own consignments. */
  readonly police: { readonly designation: Designation; readonly key: SigningKey };
  /** Receives packets: at the near gateway by webhook and by mail, at the far one by webhook. */
  readonly embassy: Designation;
  readonly consulate: Designation;
  readonly ministry: Designation;
}

const MAIL = { from: 'gateway@amanat.example', to: 'consul@consulate.example' } as const;

/** Makes the setting. Webhooks are posted to `sink`. */
export async function makeLargeSetting(sink: string): Promise<LargeSetting> {
  const folder = mkdtempSync(join(tmpdir(), 'amanat-large-'));
  // If this runs as root, PostgreSQL runs as another user and must be able to enter the folder.
  chmodSync(folder, 0o755);
  const [port, ...ports] = await findFreePorts(3);
  const server = await startEmbeddedServer({ dataDir: join(folder, 'postgres'), tcp: { port: port ?? 0 } });
  const mail = await startMailServer();
  const close = async (): Promise<void> => {
    await mail.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const near = join(folder, 'near');
    const far = join(folder, 'far');
    const [nearUrl = '', farUrl = ''] = ports.map((one) => `http://127.0.0.1:${one}`);
    await initHome(
      near,
      {
        url: nearUrl,
        countries: BENCH_COUNTRIES,
        mailFrom: MAIL.from,
        smtpUrl: `smtp://127.0.0.1:${mail.port}`,
      },
      new Date(),
      chance,
    );
    await initHome(far, { url: farUrl, countries: [] }, new Date(), chance);
    writeSecret(near, 'AMANAT_SMTP_CA', mail.ca);
    cpSync(join(near, 'certs'), join(far, 'certs'), { recursive: true });
    const allow = [nearUrl, farUrl, sink].map((one) => new URL(one).host).join(',');
    const database = await databases(server.url ?? '');
    const limits = 'focal-point=1000000/60,gateway=1000000/60,unproven=1000000/60,public=1000000/60';
    for (const [home, url] of [
      [near, database.near],
      [far, database.far],
    ] as const)
      writeConfig(home, { AMANAT_ALLOW: allow, AMANAT_LIMITS: limits, DATABASE_URL: url });
    return { homes: { near, far }, focalPoints: await enrol(near, far, sink), mail, close };
  } catch (fault) {
    await close();
    throw fault;
  }
}

async function databases(url: string): Promise<{ near: string; far: string }> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  await sql`create database far`;
  await sql.end();
  const far = new URL(url);
  far.pathname = '/far';
  return { near: url, far: far.href };
}

async function enrol(near: string, far: string, sink: string): Promise<LargeFocalPoints> {
  const houses = await Promise.all([near, far].map((home) => openGateway(readHome(home, {}), silentLog)));
  try {
    const [here, there] = houses.map((one) => one.gateway);
    if (here === undefined || there === undefined) throw new Error('a gateway is missing');
    return await enrolAt({ here, there, sink, home: near });
  } finally {
    for (const one of houses) await one.close();
  }
}

interface Enrolling {
  readonly here: Gateway;
  readonly there: Gateway;
  readonly sink: string;
  readonly home: string;
}

async function enrolAt({ here, there, sink, home }: Enrolling): Promise<LargeFocalPoints> {
  const authority = await readAuthorityKeys(home);
  const both = async (keep: (gateway: Gateway, statement: Jws) => Promise<unknown>, statement: Jws) => {
    for (const one of [here, there]) await keep(one, statement);
  };
  for (const [gateway, country] of [
    [here, 'KH'],
    [there, 'ID'],
  ] as const) {
    const draft = { url: gateway.url, name: 'Invented', country, signing: [gateway.key.publicJwk] };
    await both(
      keepGateway,
      await signStatement('gateway', claimsOfGateway(draft, gateway.now()), [authority[country]]),
    );
  }
  const add = async (
    gateway: Gateway,
    slug: string,
    country: 'ID' | 'KH',
    own?: OwnKeys['own'],
  ): Promise<Designation> => {
    const claims = await draftDesignation(gateway, {
      slug,
      name: `Invented ${slug}`,
      country,
      officers: BENCH_OFFICERS,
      ...present({ own }),
    });
    await both(keepDesignation, await signStatement('designation', claims, [authority[country]]));
    return claims;
  };
  const shelter = await add(here, 'shelter', 'KH');
  const embassy = await add(here, 'embassy', 'ID');
  const consulate = await add(here, 'consulate', 'ID');
  const ministry = await add(there, 'ministry', 'ID');
  const { own, key } = await makeOwnKeys(`${here.did}:fp:police`);
  const police = { designation: await add(here, 'police', 'KH', own), key };
  await both(
    keepAgreement,
    await signStatement('agreement', draftBenchAgreement(here.now()), [authority.ID, authority.KH]),
  );
  const webhook = { channel: 'webhook', address: sink, shows: 'packet', lang: 'en' } as const;
  await addEndpoint(here, { ...webhook, focalPoint: embassy.focal_point });
  await addEndpoint(there, { ...webhook, focalPoint: ministry.focal_point });
  await addMailbox(here, home, consulate);
  const secret = await addPartnerSecret(here, shelter.focal_point);
  return {
    gateway: here.did,
    shelter: { slug: shelter.slug, secret },
    police,
    embassy,
    consulate,
    ministry,
  };
}

async function addMailbox(gateway: Gateway, home: string, designation: Designation): Promise<void> {
  const named = { name: 'Invented', email: MAIL.to, now: new Date(), days: 30, usage: 'both' } as const;
  const { certificate } = await issueMailCertificate(readMailAuthority(home), named);
  await addEndpoint(gateway, {
    focalPoint: designation.focal_point,
    channel: 'email',
    address: MAIL.to,
    shows: 'packet',
    lang: 'en',
    officer: 'o1',
    certificate,
  });
}
