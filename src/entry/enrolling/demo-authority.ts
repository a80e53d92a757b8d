/** Makes demo authorities. The subject of each certificate says so, where every reader of a certificate sees it. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeAuthority } from '../../seal/authority.ts';
import type { AuthorityKind } from '../../seal/authority-key.ts';
import { demoAuthorityName } from '../../seal/demo-anchors.ts';
import { writeNewFile } from '../new-file.ts';

/** One authority for every kind of key; one country has two, as during a replacement. */
const SET: readonly (readonly [country: string, kind: AuthorityKind])[] = [
  ['ID', 'p256'],
  ['ID', 'rsa3072'],
  ['KH', 'ed25519'],
];

/** The certificate is in its country's folder, ready for `certs/<country>/`; the keys are in another folder. */
export interface DemoAuthority {
  readonly country: string;
  readonly alg: AuthorityKind;
  readonly certificate_file: string;
  readonly key_file: string;
}

/**
 * Makes a new demo set: `<folder>/<country>/demo-<kind>.pem`, and the keys in `<folder>/keys/`.
 * @throws Failure `usage` where a file already exists
 */
export async function makeDemoAuthorities(folder: string, now: Date): Promise<readonly DemoAuthority[]> {
  const made: DemoAuthority[] = [];
  for (const [country, alg] of SET) {
    const files = {
      certificate_file: join(folder, country, `demo-${alg}.pem`),
      key_file: join(folder, 'keys', `${country}-${alg}.jwk.json`),
    };
    mkdirSync(join(folder, country), { recursive: true });
    mkdirSync(join(folder, 'keys'), { recursive: true, mode: 0o700 });
    const { privateJwk, certificate } = await makeAuthority(country, demoAuthorityName(country), now, alg);
    writeNewFile('--dir', files.certificate_file, certificate, false);
    writeNewFile('--dir', files.key_file, `${JSON.stringify(privateJwk)}\n`, true);
    made.push({ country, alg, ...files });
  }
  return made;
}
