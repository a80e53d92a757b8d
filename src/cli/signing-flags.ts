/** Flags for the keys that sign and the certificates that are trusted; designations and agreements share them. */
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
    'sign as this country’s authority, with its key in the home folder',
    makeParser(country),
  ),
  makeRepeatedFlag('--key <file>', 'sign with this authority key file, as "amanat authority init" made it'),
];

/** Loads the keys that the flags name. @throws Refusal `configuration`; Failure `usage` */
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
    'certificate of a trusted authority (default: those of the home folder)',
  );

/** Whether the home folder has a gateway. */
export const hasHome = ({ home }: Terminal): boolean => existsSync(join(home, 'config.json'));

/** Loads the anchors from the files, else from the home folder, else none. @throws Refusal `statement-refused` */
export async function loadAnchors(terminal: Terminal, files: readonly string[] = []): Promise<Anchor[]> {
  if (files.length > 0)
    return Promise.all(files.map(async (file) => readAnchorByCertificate(await readText('--anchor', file))));
  if (!hasHome(terminal)) return [];
  const { anchors } = readSettings(readHome(terminal.home, terminal.env).values);
  return Promise.all(anchors.map((one) => readAnchor(one.country, one.pem)));
}
