/**
 * The setting: a temporary folder, and one PostgreSQL server for both the gateway and the baseline. Two focal points
 * use each way in: the shelter and the embassy in gateway custody, and the two police systems with their own keys.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import type { Designation } from '../src/domain/party/designation.ts';
import { chance } from '../src/entry/chance.ts';
import { addEndpoint, addPartnerSecret, designateFocalPoint } from '../src/entry/enrolling/enrol.ts';
import { readHome, writeConfig } from '../src/entry/home/home.ts';
import { initHome } from '../src/entry/home/init.ts';
import { type OpenedGateway, openGateway } from '../src/entry/node.ts';
import { startEmbeddedServer } from '../src/entry/postgres/embedded.ts';
import { silentLog } from '../src/log.ts';
import type { SigningKey } from '../src/seal/keys.ts';
import { concludeAgreement } from '../test/support/signed-statements.ts';
import {
  BENCH_COUNTRIES,
  BENCH_OFFICERS,
  draftBenchAgreement,
  findFreePorts,
  makeOwnKeys,
  readAuthorityKeys,
} from './ground.ts';

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
  const [port = 0] = await findFreePorts(1);
  const server = await startEmbeddedServer({
    dataDir: join(folder, 'postgres'),
    tcp: { port },
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
    await initHome(home, { url: 'https://gateway.example', countries: BENCH_COUNTRIES }, new Date(), chance);
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

async function enrol(home: string, sink: string): Promise<BenchFocalPoints> {
  const opened = await openGateway(readHome(home, {}), silentLog);
  const { gateway } = opened;
  try {
    const authority = await readAuthorityKeys(home);
    const add = (slug: string, country: 'ID' | 'KH') =>
      designateFocalPoint(gateway, authority[country], {
        slug,
        name: slug,
        country,
        officers: BENCH_OFFICERS,
      });
    await concludeAgreement(gateway, [authority.ID, authority.KH], draftBenchAgreement(gateway.now()));
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
  const { own, key } = await makeOwnKeys(`${gateway.did}:fp:${slug}`);
  const draft = { slug, name: slug, country, officers: BENCH_OFFICERS, own };
  return { designation: await designateFocalPoint(gateway, authority, draft), key };
}
