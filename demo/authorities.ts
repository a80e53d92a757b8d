/**
 * The authorities of the two countries. In production each is an offline machine in a directorate; here it is a folder
 * that no gateway reads. Statements come to it and leave it as files, as with `amanat … sign`.
 */
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readText } from '../src/cli/files.ts';
import { readStatementFile } from '../src/cli/statement-file.ts';
import { writeNewFile } from '../src/entry/new-file.ts';
import { makeAuthority } from '../src/seal/authority.ts';
import { importAuthorityKey, readAuthorityJwk } from '../src/seal/authority-key.ts';
import { demoAuthorityName } from '../src/seal/demo-anchors.ts';
import { addSignature, signStatement } from '../src/seal/statement.ts';
import type { CastCountry } from './cast.ts';

/** The statements that authorities sign. */
export type SignableClaims = 'gateway' | 'designation' | 'agreement';

export interface DemoAuthorityFolder {
  readonly country: CastCountry;
  /** The file of its certificate, in PEM, which everybody gets. */
  readonly certificate: string;
  /**
   * Signs a draft, or a statement that another authority has signed already. @returns the new file, beside the old one
   */
  sign(kind: SignableClaims, file: string): Promise<string>;
}

/** Makes an authority with its own key in `<folder>/<country>`. */
export async function openAuthority(
  folder: string,
  country: CastCountry,
  now: Date,
): Promise<DemoAuthorityFolder> {
  const own = join(folder, country);
  mkdirSync(own, { recursive: true, mode: 0o700 });
  const files = { key: join(own, `${country}.jwk.json`), certificate: join(own, `${country}.pem`) };
  const made = await makeAuthority(country, demoAuthorityName(country), now);
  writeNewFile('key', files.key, `${JSON.stringify(made.privateJwk)}\n`, true);
  writeNewFile('certificate', files.certificate, made.certificate, false);
  return {
    country,
    certificate: files.certificate,
    sign: async (kind, file) => {
      const key = await importAuthorityKey(readAuthorityJwk(await readText('key', files.key)));
      const { claims, statement } = await readStatementFile(kind, file);
      const signed =
        statement === undefined
          ? await signStatement(kind, claims, [key])
          : await addSignature(statement, key);
      const out = `${file.slice(0, -basename(file).length)}${basename(file, '.json')}.${country}.json`;
      writeNewFile('out', out, `${JSON.stringify(signed)}\n`, false);
      return out;
    },
  };
}
