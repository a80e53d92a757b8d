/**
 * The setting: a temporary folder, and one PostgreSQL server for both the gateway and the baseline. Two focal points
 * use each way in: the shelter and the embassy in gateway custody, and the two police systems with their own keys.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import type { Designation } from '../src/domain/party/designation.ts';
import { chance } from '../src/entry/chance.ts';
import { addEndpoint, addPartnerSecret, designateFocalPoint } from '../src/entry/enrolling/enrol.ts';
import { readAuthority, readHome, writeConfig } from '../src/entry/home/home.ts';
import { initHome } from '../src/entry/home/init.ts';
import { type OpenedGateway, openGateway } from '../src/entry/node.ts';
import { startEmbeddedServer } from '../src/entry/postgres/embedded.ts';
import { silentLog } from '../src/log.ts';
import {
  generateAgreementJwk,
  generateSigningJwk,
  importSigningKey,
  publicHalfOf,
  readPrivateJwk,
  type SigningKey,
} from '../src/seal/keys.ts';
import { concludeAgreement } from '../test/support/signed-statements.ts';

export interface BenchSetting {
  readonly home: string;
  /** For the gateway and for the baseline: two databases of one server. */
  readonly database: { readonly gateway: string; readonly bare: string };
  readonly focalPoints: BenchFocalPoints;
  /** The number of delivered messages that have evidence of their delivery. */
  delivered(): Promise<number>;
  close(): Promise<void>;
}

export interface BenchFocalPoints {
  readonly gateway: string;
  /** In gateway custody: posts plain messages with its secret. */
  readonly shelter: { readonly slug: string; readonly secret: string };
  /** In gateway custody: receives opened packets. */
  readonly embassy: Designation;
  /** In its own custody: posts consignments. */
  readonly police: { readonly designation: Designation; readonly key: SigningKey };
  /** In its own custody: receives sealed messages. */
  readonly partner: Designation;
}

/** Makes the setting. Every delivery is posted to `sink`. */
export async function makeBenchSetting(sink: string): Promise<BenchSetting> {
  const folder = mkdtempSync(join(tmpdir(), 'amanat-bench-'));
  // If this runs as root, PostgreSQL runs as another user and must be able to enter the folder.
  chmodSync(folder, 0o755);
  const server = await startEmbeddedServer({
    dataDir: join(folder, 'postgres'),
    tcp: { port: await freePort() },
  });
  const url = server.url ?? '';
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  const close = async (): Promise<void> => {
    await sql.end();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await sql`create database bare`;
    const home = join(folder, 'home');
    await initHome(home, { url: 'https://gateway.example', countries: ['ID', 'KH'] }, new Date(), chance);
    writeConfig(home, { AMANAT_ALLOW: new URL(sink).host, DATABASE_URL: url });
    const bare = new URL(url);
    bare.pathname = '/bare';
    return {
      home,
      database: { gateway: url, bare: bare.href },
      focalPoints: await enrol(home, sink),
      delivered: async () => {
        const [row] = await sql<{ count: number }[]>`
          select count(*)::integer as count from delivery d join evidence e on e.delivery = d.id
          where d.state = 'delivered' and e.event = 'ContentConsignment'`;
        return row?.count ?? 0;
      },
      close,
    };
  } catch (fault) {
    await close();
    throw fault;
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((listening) => probe.listen(0, '127.0.0.1', listening));
  const address = probe.address();
  await new Promise((closed) => probe.close(closed));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

const officers = [{ id: 'o1', name: 'Invented Officer', role: 'officer', lang: 'en' }] as const;

async function enrol(home: string, sink: string): Promise<BenchFocalPoints> {
  const opened = await openGateway(readHome(home, {}), silentLog);
  const { gateway } = opened;
  try {
    const authority = {
      ID: await importSigningKey(readPrivateJwk(readAuthority(home, 'ID'))),
      KH: await importSigningKey(readPrivateJwk(readAuthority(home, 'KH'))),
    };
    const add = (slug: string, country: 'ID' | 'KH') =>
      designateFocalPoint(gateway, authority[country], { slug, name: slug, country, officers });
    await concludeAgreement(gateway, [authority.ID, authority.KH], agreement(gateway.now()));
    const shelter = await add('shelter', 'KH');
    const embassy = await add('embassy', 'ID');
    const police = await ownCustody(opened, authority.KH, 'police', 'KH');
    const partner = await ownCustody(opened, authority.ID, 'partner', 'ID');
    const common = { channel: 'webhook', address: sink, lang: 'en' } as const;
    await addEndpoint(gateway, { ...common, focalPoint: embassy.focal_point, shows: 'packet' });
    await addEndpoint(gateway, { ...common, focalPoint: partner.designation.focal_point, shows: 'sealed' });
    const secret = await addPartnerSecret(gateway, shelter.focal_point);
    return {
      gateway: gateway.did,
      shelter: { slug: shelter.slug, secret },
      embassy,
      police,
      partner: partner.designation,
    };
  } finally {
    await opened.close();
  }
}

/** Makes a focal point whose private keys the gateway never has. */
async function ownCustody({ gateway }: OpenedGateway, authority: SigningKey, slug: string, country: string) {
  const did = `${gateway.did}:fp:${slug}`;
  const signing = await generateSigningJwk(`${did}#sign`);
  const agreeing = await generateAgreementJwk(`${did}#open`);
  const own = { signing: [publicHalfOf(signing)], agreement: [publicHalfOf(agreeing)] };
  const designation = await designateFocalPoint(gateway, authority, {
    slug,
    name: slug,
    country,
    officers,
    own,
  });
  return { designation, key: await importSigningKey(signing) };
}

const DAY = 86_400_000;

const agreement = (now: Date) => ({
  kind: 'agreement',
  id: 'bench',
  version: 1,
  title: 'Agreement of the bench',
  parties: ['ID', 'KH'],
  rules: [{ from: ['ID', 'KH'], to: ['ID', 'KH'], types: ['text'] }],
  from: new Date(now.getTime() - DAY).toISOString(),
  until: new Date(now.getTime() + 365 * DAY).toISOString(),
});
