/** Whose keys sign, and whose certificates are believed: the same flags for designations and agreements. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Option } from 'commander';
import { readSettings } from '../config/settings.ts';
import { country } from '../domain/party/designation.ts';
import { readHome } from '../entry/home/home.ts';
import { type Anchor, readAnchor, readAnchorByCertificate } from '../seal/authority.ts';
import {
  type AuthorityKey,
  importAuthorityKey as importKey,
  readAuthorityJwk,
} from '../seal/authority-key.ts';
import { readText } from './files.ts';
import { makeParser, makeRepeatedFlag } from './flags.ts';
import { loadAuthorityKey } from './opened-home.ts';
import type { Terminal } from './terminal.ts';

export interface SigningFlags {
  readonly as?: readonly string[];
  readonly key?: readonly string[];
}

export const makeSigningOptions = (): readonly Option[] => [
  makeRepeatedFlag(
    '--as <cc>',
    'sign as this country’s authority, by its key in the home folder',
    makeParser(country),
  ),
  makeRepeatedFlag('--key <file>', 'sign by this authority key, as "authority init" made it'),
];

/** The keys asked for. @throws Refusal `configuration`; Failure `usage` */
export async function loadSigningKeys(terminal: Terminal, flags: SigningFlags): Promise<AuthorityKey[]> {
  const ofHome = [...new Set(flags.as ?? [])].map((one) => loadAuthorityKey(terminal.home, one));
  const ofFiles = (flags.key ?? []).map(async (file) =>
    importKey(readAuthorityJwk(await readText('--key', file))),
  );
  return Promise.all([...ofHome, ...ofFiles]);
}

export const makeAnchorOption = (): Option =>
  makeRepeatedFlag(
    '--anchor <file>',
    'certificate of an authority to believe; those of the home folder where left out',
  );

/** Whether there is a gateway here. */
export const hasHome = ({ home }: Terminal): boolean => existsSync(join(home, 'config.json'));

/** The anchors of the files, else of the home folder, else none. @throws Refusal `statement-refused` */
export async function loadAnchors(terminal: Terminal, files: readonly string[] = []): Promise<Anchor[]> {
  if (files.length > 0)
    return Promise.all(files.map(async (file) => readAnchorByCertificate(await readText('--anchor', file))));
  if (!hasHome(terminal)) return [];
  const { anchors } = readSettings(readHome(terminal.home, terminal.env).values);
  return Promise.all(anchors.map((one) => readAnchor(one.country, one.pem)));
}
