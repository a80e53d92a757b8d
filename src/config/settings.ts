/**
 * Configuration: read once at the entry, from named values. Node takes them from the environment and the gateway's
 * home folder, Workers from their bindings; what they mean is decided here.
 */
import { z } from 'zod';
import { CHANNELS, type Channel } from '../domain/party/channel.ts';
import { type RetiredKey, retiredKey } from '../domain/party/designation.ts';
import { Refusal } from '../domain/words/error.ts';
import { DEFAULT_POLICIES, type LimitPolicies, POLICY_NAMES } from '../domain/words/limit.ts';
import { present } from '../domain/words/present.ts';
import { formOfSetting, type SettingName } from './names.ts';

/** Named values, as an environment has them. */
export type SettingValues = Readonly<Record<string, string | undefined>>;

export interface TelegramSettings {
  readonly token: string;
  readonly secretToken: string;
  /** Root of the Bot API; Telegram's own where left out. */
  readonly apiRoot?: string;
}

export interface MailSettings {
  readonly smtp: {
    readonly host: string;
    readonly port: number;
    readonly secure: boolean;
    readonly auth?: { readonly user: string; readonly pass: string };
    readonly tls?: { readonly ca: string };
  };
  readonly from: string;
  readonly certificate: string;
  readonly privateKey: string;
}

export interface Settings {
  /** Origin under which the gateway is reached, without a trailing slash. */
  readonly url: string;
  /** 32 bytes, base64url. */
  readonly masterKey: string;
  /** The master key before it, while secrets are still wrapped under that one. */
  readonly masterKeyOld?: string;
  /** Private JWK of the gateway's evidence key, as JSON text. */
  readonly gatewayKey: string;
  /** Evidence keys before it, the oldest first. */
  readonly gatewayKeysOld: readonly RetiredKey[];
  readonly anchors: readonly { readonly country: string; readonly pem: string }[];
  /** Hosts that outgoing webhooks may reach although they are not public: development and the demo only. */
  readonly allow: readonly string[];
  readonly channels: readonly Channel[];
  /** Milliseconds between two rounds of work on the own ledger, and between two looks at another's. */
  readonly pace: { readonly ledger: number; readonly witness: number };
  /** Where the gateway listens, if not at the host and port of its URL. */
  readonly listen?: ListenAddress;
  readonly metrics: MetricsSettings;
  readonly limits: LimitPolicies;
  /** Addresses of own proxies, whose word counts for who called. */
  readonly proxies: readonly string[];
}

/** Where a server listens. An IPv6 address is without brackets. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** Who may read the numbers. */
export interface MetricsSettings {
  /** A listener of their own; the public one does not serve them then. */
  readonly listen?: ListenAddress;
  /** The bearer key that is asked for wherever they are served. */
  readonly key?: string;
}

/** In seconds. A little under a minute: a runtime whose clock strikes once a minute must not miss every second one. */
const PACE = { ledger: 10, witness: 55 } as const;

/** A path would be dropped without a word: everything the gateway serves lies at the root of its origin. */
const origin = z
  .url({ protocol: /^https?$/ })
  .refine((text) => {
    const url = URL.parse(text);
    return url?.pathname === '/' && `${url.search}${url.hash}${url.username}` === '';
  })
  .transform((text) => new URL(text).origin);
const anchors = z
  .array(z.strictObject({ country: z.string().regex(/^[A-Z]{2}$/), pem: z.string().min(1) }))
  .min(1);

/**
 * Reads what every gateway needs.
 * @throws Refusal `configuration`, naming the value that is missing or wrong and never repeating it
 */
export function readSettings(values: SettingValues): Settings {
  return {
    url: parsed('AMANAT_URL', origin, required(values, 'AMANAT_URL')),
    masterKey: required(values, 'AMANAT_MASTER_KEY'),
    ...present({ masterKeyOld: values['AMANAT_MASTER_KEY_OLD'] }),
    gatewayKey: required(values, 'AMANAT_GATEWAY_KEY'),
    gatewayKeysOld: readOldKeys(values),
    anchors: parsed('AMANAT_ANCHORS', anchors, json(anchorsText(values), 'AMANAT_ANCHORS')),
    allow: list(values['AMANAT_ALLOW']),
    channels: readChannels(values),
    pace: {
      ledger: seconds(values, 'AMANAT_LEDGER_EVERY', PACE.ledger),
      witness: seconds(values, 'AMANAT_WITNESS_EVERY', PACE.witness),
    },
    ...present({
      listen:
        values['AMANAT_LISTEN'] === undefined
          ? undefined
          : parsed('AMANAT_LISTEN', listener, values['AMANAT_LISTEN']),
    }),
    metrics: readMetrics(values),
    limits: readLimits(values),
    proxies: parsed('AMANAT_PROXIES', z.array(address).max(100), list(values['AMANAT_PROXIES'])),
  };
}

/** The evidence keys before the present one. @throws Refusal `configuration` */
export const readOldKeys = (values: SettingValues): readonly RetiredKey[] =>
  parsed(
    'AMANAT_GATEWAY_KEYS_OLD',
    z.array(retiredKey).max(32),
    json(values['AMANAT_GATEWAY_KEYS_OLD'] ?? '[]', 'AMANAT_GATEWAY_KEYS_OLD'),
  );

const address = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);

/** `name=quota/seconds`: what is not named keeps its default. */
const limit = z.string().regex(/^[a-z-]+=\d{1,9}\/\d{1,5}$/);
const policy = z.object({ quota: z.int().min(1).max(1_000_000_000), window: z.int().min(1).max(86_400) });

function readLimits(values: SettingValues): LimitPolicies {
  const set = list(values['AMANAT_LIMITS']).map((text) => {
    const [, name, quota, window] = /^(.*)=(.*)\/(.*)$/.exec(parsed('AMANAT_LIMITS', limit, text)) ?? [];
    const given = { quota: Number(quota), window: Number(window) };
    return [parsed('AMANAT_LIMITS', z.enum(POLICY_NAMES), name), parsed('AMANAT_LIMITS', policy, given)];
  });
  return { ...DEFAULT_POLICIES, ...Object.fromEntries(set) };
}

/** The channels that are switched on. @throws Refusal `configuration` */
export const readChannels = (values: SettingValues): readonly Channel[] =>
  parsed('AMANAT_CHANNELS', z.array(z.enum(CHANNELS)), list(values['AMANAT_CHANNELS'] ?? 'webhook'));

/** The named values that `config.json` holds. @throws Refusal `configuration`, naming the one that is none */
export function readSettingValues(document: unknown): SettingValues {
  const found = z.record(z.string(), z.string()).safeParse(document);
  if (found.success) return found.data;
  const [at] = found.error.issues.map((one) => one.path[0]);
  const what = at === undefined ? 'it must be one object in JSON' : `${String(at)} must be a text in quotes`;
  throw new Refusal('configuration', `config.json in the home folder cannot be used: ${what}`);
}

/** Does work with a value; what is wrong with the value is said by its name. @throws Refusal `configuration` */
export async function nameSettingInFault<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault;
    throw new Refusal('configuration', `${name}: ${fault.detail}`);
  }
}

/** A port alone means loopback: nobody outside this machine. */
const listener = z
  .string()
  .transform((text) => (/^\d{1,5}$/.test(text) ? `127.0.0.1:${text}` : text))
  .pipe(z.string().regex(/^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}$/))
  .transform((text) => {
    const at = text.lastIndexOf(':');
    return { host: text.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(text.slice(at + 1)) };
  })
  .pipe(z.object({ host: z.string(), port: z.int().max(65_535) }));

/** A key that could be guessed would be none. */
const metricsKey = z.string().regex(/^[\x21-\x7e]{16,256}$/);

function readMetrics(values: SettingValues): MetricsSettings {
  const listen = values['AMANAT_METRICS_LISTEN'];
  const key = values['AMANAT_METRICS_KEY'];
  return {
    ...present({
      listen: listen === undefined ? undefined : parsed('AMANAT_METRICS_LISTEN', listener, listen),
      key: key === undefined ? undefined : parsed('AMANAT_METRICS_KEY', metricsKey, key),
    }),
  };
}

/** A span in whole seconds, an hour at most, as milliseconds. */
const seconds = (values: SettingValues, name: SettingName, otherwise: number): number =>
  1_000 * parsed(name, z.coerce.number().int().min(1).max(3_600), values[name] ?? otherwise);

/** @throws Refusal `channel-secret-missing`, naming the value */
export function readTelegramSettings(values: SettingValues): TelegramSettings {
  const apiRoot = values['AMANAT_TELEGRAM_API'];
  const api = z.url({ protocol: /^https?$/ });
  return {
    token: secret(values, 'AMANAT_TELEGRAM_TOKEN', /^\d{1,20}:[A-Za-z0-9_-]{1,128}$/),
    secretToken: secret(values, 'AMANAT_TELEGRAM_SECRET', /^[A-Za-z0-9_-]{1,256}$/),
    ...present({ apiRoot: apiRoot === undefined ? undefined : parsed('AMANAT_TELEGRAM_API', api, apiRoot) }),
  };
}

/** @throws Refusal `channel-secret-missing` or `configuration`, naming the value */
export function readMailSettings(values: SettingValues): MailSettings {
  const url = parsed('AMANAT_SMTP_URL', z.url({ protocol: /^smtps?$/ }), secret(values, 'AMANAT_SMTP_URL'));
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === 'smtps:';
  const ca = values['AMANAT_SMTP_CA'];
  return {
    smtp: {
      host: hostname,
      port: Number(port) || (secure ? 465 : 587),
      secure,
      ...present({
        auth:
          username === ''
            ? undefined
            : { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
        tls: ca === undefined ? undefined : { ca },
      }),
    },
    from: secret(values, 'AMANAT_MAIL_FROM'),
    certificate: secret(values, 'AMANAT_MAIL_CERTIFICATE'),
    privateKey: secret(values, 'AMANAT_MAIL_KEY'),
  };
}

function anchorsText(values: SettingValues): string {
  const value = values['AMANAT_ANCHORS'];
  if (value === undefined || value.trim() === '')
    throw new Refusal(
      'configuration',
      'AMANAT_ANCHORS is not set: no authority’s certificate lies in certs/<country>/',
    );
  return value;
}

function required(values: SettingValues, name: SettingName): string {
  const value = values[name]?.trim();
  if (value === undefined || value === '') throw new Refusal('configuration', `${name} is not set`);
  return value;
}

/** @throws Refusal `channel-secret-missing`: the channel does not start, and the others do */
function secret(values: SettingValues, name: SettingName, form = /./): string {
  const value = values[name]?.trim();
  if (value === undefined || value === '') throw new Refusal('channel-secret-missing', `${name} is not set`);
  if (!form.test(value)) throw new Refusal('channel-secret-missing', wrongForm(name).detail);
  return value;
}

const list = (text = ''): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

function json(text: string, name: SettingName): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw wrongForm(name);
  }
}

function parsed<T>(name: SettingName, schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (!result.success) throw wrongForm(name);
  return result.data;
}

/** Names the value and its form, and never repeats what was given. */
const wrongForm = (name: SettingName): Refusal =>
  new Refusal('configuration', `${name} is not what it must be: ${formOfSetting(name)}`);
