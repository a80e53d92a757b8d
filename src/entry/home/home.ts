/**
 * The gateway's home folder: `config.json` for what may be seen, `secrets/` one file a value, `certs/` the anchors by
 * country, `authority/` self-made authority keys, `data/` the embedded database, `made.json` who made it and when. The
 * environment overrides it.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readOldKeys, readSettingValues, type SettingValues } from '../../config/settings.ts';
import type { PublicJwk } from '../../domain/party/designation.ts';
import { Refusal } from '../../domain/words/error.ts';
import { publicHalfOf, readPrivateJwk } from '../../seal/keys.ts';

export interface HomeFolder {
  readonly path: string;
  readonly values: SettingValues;
}

/** The home folder that is meant: named, from `AMANAT_HOME`, or `.amanat` here. */
export const findHomePath = (named: string | undefined, env: SettingValues): string =>
  resolve(named ?? env['AMANAT_HOME'] ?? '.amanat');

/** Reads a home folder. @throws Refusal `configuration` where there is none or a file in it is not readable */
export function readHome(path: string, env: SettingValues): HomeFolder {
  if (!existsSync(join(path, 'config.json'))) {
    throw new Refusal('configuration', `there is no gateway at the home folder; run "amanat init" first`);
  }
  const fromEnv = Object.fromEntries(
    Object.entries(env).filter(([name, value]) => isOurs(name) && value !== undefined),
  );
  return { path, values: { ...readConfig(path), ...readSecrets(path), ...readAnchors(path), ...fromEnv } };
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

/** A file of the home folder. @throws Refusal `configuration`, naming the file and what the system says */
function readNamed(path: string, ...names: readonly string[]): string {
  try {
    return readFileSync(join(path, ...names), 'utf8');
  } catch (fault) {
    const code = fault instanceof Error && 'code' in fault ? String(fault.code) : 'unknown';
    throw new Refusal('configuration', `${names.join('/')} in the home folder cannot be read (${code})`);
  }
}

function readSecrets(path: string): SettingValues {
  const folder = join(path, 'secrets');
  const names = existsSync(folder) ? readdirSync(folder).filter(isOurs) : [];
  return Object.fromEntries(names.map((name) => [name, readNamed(path, 'secrets', name).trim()]));
}

/**
 * The master keys as they lie in the home folder now: a rotation writes them there while the gateway runs. Other files there
 * may come and go at this moment, and are not looked at.
 */
export const readMasterKeys = (path: string): readonly (string | undefined)[] =>
  ['AMANAT_MASTER_KEY', 'AMANAT_MASTER_KEY_OLD'].map((name) => keptSecret(path, name));

const keptSecret = (path: string, name: string): string | undefined =>
  existsSync(join(path, 'secrets', name)) ? readNamed(path, 'secrets', name).trim() : undefined;

/** The public evidence keys as they lie in the home folder now; none where they are kept elsewhere or cannot be read. */
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
 * The master keys that the given one may be in place of. While a rotation in the home folder is under way that is its old key,
 * for its new one alone: another key from the environment replaces nothing.
 */
export function listReplacedKeys({ path, values }: HomeFolder): readonly (string | undefined)[] {
  const [now, old] = readMasterKeys(path);
  const isOther = old !== undefined && values['AMANAT_MASTER_KEY'] !== now;
  return isOther ? [] : [values['AMANAT_MASTER_KEY_OLD'], old];
}

/** Every PEM in `certs/<country>/`; several while one replaces another. */
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

/** Writes config values anew, for `init` and for channels set up later. */
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

/** Replaces one secret in one step: whoever reads it meanwhile, or after a crash, finds the old or the new one. */
export function replaceSecret(path: string, name: string, value: string): void {
  const folder = join(path, 'secrets');
  const draft = join(folder, `.${name}`);
  writeFileSync(draft, `${value}\n`, { mode: 0o600, flush: true });
  renameSync(draft, join(folder, name));
}

/** A self-made authority: its certificate among the anchors, its key apart from the gateway's secrets. */
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

/** Whether the key of this country's authority lies in the home folder. */
export const hasAuthority = (path: string, country: string): boolean =>
  existsSync(join(path, 'authority', `${country}.jwk.json`));

/** The private JWK of a self-made authority, as text. @throws Refusal `configuration` */
export function readAuthority(path: string, country: string): string {
  const file = join(path, 'authority', `${country}.jwk.json`);
  if (!existsSync(file))
    throw new Refusal('configuration', `there is no authority key for ${country} in the home folder`);
  return readFileSync(file, 'utf8');
}

/** The mail authority: its certificate is what attachés trust; its key issues their certificates. */
export function writeMailAuthority(path: string, made: { certificate: string; privateKey: string }): void {
  mkdirSync(join(path, 'authority'), { recursive: true, mode: 0o700 });
  writeFileSync(join(path, 'authority', 'mail.cert.pem'), made.certificate);
  writeFileSync(join(path, 'authority', 'mail.key.pem'), made.privateKey, { mode: 0o600 });
}

/** The mail authority of the home folder. @throws Refusal `configuration` */
export function readMailAuthority(path: string): { certificate: string; privateKey: string } {
  const read = (file: string): string => {
    const at = join(path, 'authority', file);
    if (!existsSync(at))
      throw new Refusal(
        'configuration',
        'there is no mail authority in the home folder; run "amanat init" with a mail address',
      );
    return readFileSync(at, 'utf8');
  };
  return { certificate: read('mail.cert.pem'), privateKey: read('mail.key.pem') };
}
