/**
 * The gateway's home folder: `config.json` has the public settings, `secrets/` one file for each secret, `certs/` the anchors
 * by country, `authority/` the keys of authorities that were made here, `data/` the embedded database, and `made.json` who made
 * it and when. The environment overrides it.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { readOldKeys, readSettingValues, type SettingValues } from '../../config/settings.ts';
import type { PublicJwk } from '../../domain/party/designation.ts';
import { Refusal } from '../../domain/words/error.ts';
import { publicHalfOf, readPrivateJwk } from '../../seal/keys.ts';

export interface HomeFolder {
  readonly path: string;
  readonly values: SettingValues;
}

/** The path of the home folder: the named one, else `AMANAT_HOME`, else `.amanat` in the working directory. */
export const findHomePath = (named: string | undefined, env: SettingValues): string =>
  resolve(named ?? env['AMANAT_HOME'] ?? '.amanat');

/** Reads a home folder. @throws Refusal `configuration` if there is none, or one of its files cannot be read */
export function readHome(path: string, env: SettingValues): HomeFolder {
  checkThere(path);
  const fromEnv = Object.fromEntries(
    Object.entries(env).filter(([name, value]) => isOurs(name) && value !== undefined),
  );
  return { path, values: { ...readConfig(path), ...readSecrets(path), ...readAnchors(path), ...fromEnv } };
}

/** A folder that this user may not enter looks empty to `existsSync`: no second gateway may be made there. */
function checkThere(path: string): void {
  try {
    statSync(join(path, 'config.json'));
  } catch (fault) {
    if (codeOf(fault) !== 'ENOENT') throw unreadable('config.json', fault);
    throw new Refusal('configuration', `there is no gateway at the home folder; run "amanat init" first`);
  }
}

const codeOf = (fault: unknown): string =>
  fault instanceof Error && 'code' in fault ? String(fault.code) : 'unknown';

/** A file that is there and cannot be read, with what to do where the user of this process lacks the right. */
function unreadable(file: string, fault: unknown): Refusal {
  const code = codeOf(fault);
  const todo = ['EACCES', 'EPERM'].includes(code)
    ? '; this user has no permission for it: run the command as the user that made the home folder'
    : '';
  return new Refusal('configuration', `${file} in the home folder cannot be read (${code})${todo}`);
}

const isOurs = (name: string): boolean => name.startsWith('AMANAT_') || name === 'DATABASE_URL';

function readConfig(path: string): SettingValues {
  return readSettingValues(parsed(readNamed(path, 'config.json')));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads a file of the home folder. @throws Refusal `configuration`, which names the file and the system's error code */
function readNamed(path: string, ...names: readonly string[]): string {
  try {
    return readFileSync(join(path, ...names), 'utf8');
  } catch (fault) {
    throw unreadable(names.join('/'), fault);
  }
}

function readSecrets(path: string): SettingValues {
  const folder = join(path, 'secrets');
  const names = existsSync(folder) ? readdirSync(folder).filter(isOurs) : [];
  return Object.fromEntries(names.map((name) => [name, readNamed(path, 'secrets', name).trim()]));
}

/**
 * Reads the current master keys from the home folder, where a rotation writes them while the gateway runs. Does not read the
 * other secrets, which may change at the same moment.
 */
export const readMasterKeys = (path: string): readonly (string | undefined)[] =>
  ['AMANAT_MASTER_KEY', 'AMANAT_MASTER_KEY_OLD'].map((name) => keptSecret(path, name));

const keptSecret = (path: string, name: string): string | undefined =>
  existsSync(join(path, 'secrets', name)) ? readNamed(path, 'secrets', name).trim() : undefined;

/** Reads the current public evidence keys from the home folder; none if they are kept elsewhere or cannot be read. */
export function readGatewayKeys(path: string): readonly PublicJwk[] {
  try {
    const own = keptSecret(path, 'AMANAT_GATEWAY_KEY');
    const old = 'AMANAT_GATEWAY_KEYS_OLD';
    const before = readOldKeys({ [old]: keptSecret(path, old) }).map((one) => one.key);
    return own === undefined ? before : [publicHalfOf(readPrivateJwk(own)), ...before];
  } catch {
    return [];
  }
}

/**
 * Lists the master keys that the current one may replace. During a rotation in the home folder that is the old key, and only
 * for the new key of that folder: another key from the environment replaces nothing.
 */
export function listReplacedKeys({ path, values }: HomeFolder): readonly (string | undefined)[] {
  const [now, old] = readMasterKeys(path);
  const isOther = old !== undefined && values['AMANAT_MASTER_KEY'] !== now;
  return isOther ? [] : [values['AMANAT_MASTER_KEY_OLD'], old];
}

/** Reads every PEM in `certs/<country>/`; there are several while one replaces another. */
function readAnchors(path: string): SettingValues {
  const folder = join(path, 'certs');
  const countries = existsSync(folder) ? readdirSync(folder).filter((one) => /^[A-Z]{2}$/.test(one)) : [];
  const anchors = countries.flatMap((country) =>
    readdirSync(join(folder, country))
      .filter((file) => file.endsWith('.pem'))
      .map((file) => ({ country, pem: readNamed(path, 'certs', country, file) })),
  );
  return anchors.length === 0 ? {} : { AMANAT_ANCHORS: JSON.stringify(anchors) };
}

/** Replaces the values of `config.json`, for `init` and for channels that are set up later. */
export function writeConfig(path: string, values: SettingValues): void {
  mkdirSync(path, { recursive: true, mode: 0o711 });
  const before = existsSync(join(path, 'config.json')) ? readConfig(path) : {};
  writeFileSync(join(path, 'config.json'), `${JSON.stringify({ ...before, ...values }, null, 2)}\n`);
}

/** Writes one secret, readable by its owner only. */
export function writeSecret(path: string, name: string, value: string): void {
  mkdirSync(join(path, 'secrets'), { recursive: true, mode: 0o700 });
  writeFileSync(join(path, 'secrets', name), `${value}\n`, { mode: 0o600 });
}

/** Replaces one secret by a rename: a reader at the same moment, or after a crash, finds either the old or the new one. */
export function replaceSecret(path: string, name: string, value: string): void {
  const folder = join(path, 'secrets');
  const draft = join(folder, `.${name}`);
  writeFileSync(draft, `${value}\n`, { mode: 0o600, flush: true });
  renameSync(draft, join(folder, name));
}

/** Writes an authority that was made here: its certificate goes to the anchors, its key is kept apart from the gateway's secrets. */
export function writeAuthority(
  path: string,
  country: string,
  made: { certificate: string; key: string },
): void {
  mkdirSync(join(path, 'certs', country), { recursive: true });
  mkdirSync(join(path, 'authority'), { recursive: true, mode: 0o700 });
  writeFileSync(join(path, 'certs', country, 'authority.pem'), made.certificate);
  writeFileSync(join(path, 'authority', `${country}.jwk.json`), `${made.key}\n`, { mode: 0o600 });
}

/** Whether the home folder has the key of this country's authority. */
export const hasAuthority = (path: string, country: string): boolean =>
  existsSync(join(path, 'authority', `${country}.jwk.json`));

/** Reads the private JWK of an authority that was made here, as text. @throws Refusal `configuration` */
export function readAuthority(path: string, country: string): string {
  const file = join(path, 'authority', `${country}.jwk.json`);
  if (!existsSync(file))
    throw new Refusal('configuration', `the home folder has no authority key for ${country}`);
  return readFileSync(file, 'utf8');
}

/** Writes the mail authority: officers trust its certificate, and its key issues their certificates. */
export function writeMailAuthority(path: string, made: { certificate: string; privateKey: string }): void {
  mkdirSync(join(path, 'authority'), { recursive: true, mode: 0o700 });
  writeFileSync(join(path, 'authority', 'mail.cert.pem'), made.certificate);
  writeFileSync(join(path, 'authority', 'mail.key.pem'), made.privateKey, { mode: 0o600 });
}

/** Reads the mail authority of the home folder. @throws Refusal `configuration` */
export function readMailAuthority(path: string): { certificate: string; privateKey: string } {
  const read = (file: string): string => {
    const at = join(path, 'authority', file);
    if (!existsSync(at))
      throw new Refusal(
        'configuration',
        'the home folder has no mail authority; run "amanat init" with a mail address',
      );
    return readFileSync(at, 'utf8');
  };
  return { certificate: read('mail.cert.pem'), privateKey: read('mail.key.pem') };
}
