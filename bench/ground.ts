/** What both settings of the bench stand on: free ports, the two authorities, the agreement, keys of a police's own. */
import { createServer } from 'node:net';
import type { PublicJwk } from '../src/domain/party/designation.ts';
import { readAuthority } from '../src/entry/home/home.ts';
import {
  generateAgreementJwk,
  generateSigningJwk,
  importSigningKey,
  publicHalfOf,
  readPrivateJwk,
  type SigningKey,
} from '../src/seal/keys.ts';

export const BENCH_COUNTRIES = ['ID', 'KH'] as const;

export const BENCH_OFFICERS = [{ id: 'o1', name: 'Invented Officer', role: 'officer', lang: 'en' }] as const;

/** So many ports on loopback that were free a moment ago, each another one. */
export async function findFreePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  for (const one of servers) await new Promise<void>((listening) => one.listen(0, '127.0.0.1', listening));
  const ports = servers.map((one) => {
    const address = one.address();
    if (address === null || typeof address === 'string') throw new Error('no free port');
    return address.port;
  });
  for (const one of servers) await new Promise((closed) => one.close(closed));
  return ports;
}

/** The keys of the two authorities that `init` made in a home folder. */
export const readAuthorityKeys = async (home: string): Promise<Record<'ID' | 'KH', SigningKey>> => ({
  ID: await importSigningKey(readPrivateJwk(readAuthority(home, 'ID'))),
  KH: await importSigningKey(readPrivateJwk(readAuthority(home, 'KH'))),
});

export interface OwnKeys {
  /** For the designation. */
  readonly own: { readonly signing: PublicJwk[]; readonly agreement: PublicJwk[] };
  readonly key: SigningKey;
}

/** Keys that the gateway never sees. */
export async function makeOwnKeys(did: string): Promise<OwnKeys> {
  const signing = await generateSigningJwk(`${did}#sign`);
  const agreeing = await generateAgreementJwk(`${did}#open`);
  const own = { signing: [publicHalfOf(signing)], agreement: [publicHalfOf(agreeing)] };
  return { own, key: await importSigningKey(signing) };
}

const DAY = 86_400_000;

/** The agreement under which all messages of the bench are sent. */
export const draftBenchAgreement = (now: Date) => ({
  kind: 'agreement',
  id: 'bench',
  version: 1,
  title: 'Agreement of the bench',
  parties: BENCH_COUNTRIES,
  rules: [{ from: BENCH_COUNTRIES, to: BENCH_COUNTRIES, types: ['text'] }],
  from: new Date(now.getTime() - DAY).toISOString(),
  until: new Date(now.getTime() + 365 * DAY).toISOString(),
});
