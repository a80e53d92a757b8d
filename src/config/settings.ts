/**
 * Reads the configuration once, from named values. Node takes the values from the environment and the gateway's home folder,
 * Workers from their bindings. Only this file interprets them.
 */
import { z } from 'zod';
import { CHANNELS, type Channel } from '../domain/party/channel.ts';
import { type RetiredKey, retiredKey } from '../domain/party/designation.ts';
import { Refusal } from '../domain/words/error.ts';
import { DEFAULT_POLICIES, type LimitPolicies, POLICY_NAMES } from '../domain/words/limit.ts';
import { present } from '../domain/words/present.ts';
import { formOfSetting, type SettingName } from './names.ts';

/** Named values, in the form of an environment. */
export type SettingValues = Readonly<Record<string, string | undefined>>;

interface TelegramSettings {
  readonly token: string;
  readonly secretToken: string;
  /** Root URL of the Bot API (default: Telegram's own). */
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
  /** Public origin of the gateway, without a trailing slash. */
  readonly url: string;
  /** 32 bytes, base64url. */
  readonly masterKey: string;
  /** The previous master key, while secrets are still wrapped under it. */
  readonly masterKeyOld?: string;
  /** Private JWK of the gateway's evidence key, as JSON text. */
  readonly gatewayKey: string;
  /** Previous evidence keys, the oldest first. */
  readonly gatewayKeysOld: readonly RetiredKey[];
  readonly anchors: readonly { readonly country: string; readonly pem: string }[];
  /** Hosts that outgoing webhooks may call although they are not public; for development and the demo. */
  readonly allow: readonly string[];
  readonly channels: readonly Channel[];
  /** Milliseconds between two rounds of work on this gateway's ledger, and between two readings of another's. */
  readonly pace: { readonly ledger: number; readonly witness: number };
  /** Where the gateway listens (default: host and port of its URL). */
  readonly listen?: ListenAddress;
  readonly metrics: MetricsSettings;
  readonly limits: LimitPolicies;
  /** Addresses of the operator's own proxies, whose `X-Forwarded-For` is trusted. */
  readonly proxies: readonly string[];
}

/** Where a server listens. An IPv6 address has no brackets. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** Who may read the metrics. */
export interface MetricsSettings {
  /** A separate listener for the metrics; then the public one does not serve them. */
  readonly listen?: ListenAddress;
  /** The bearer key that every listener requires for them. */
  readonly key?: string;
}

/** In seconds. `witness` is slightly below a minute: a runtime that calls once a minute would else skip every second call. */
const PACE = { ledger: 10, witness: 55 } as const;

/** Refuses a URL with a path: the gateway serves everything at the root of its origin, so a path would be ignored. */
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
 * @throws Refusal `configuration`, which names the missing or wrong setting and never repeats its value
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

/** Reads the previous evidence keys. @throws Refusal `configuration` */
export const readOldKeys = (values: SettingValues): readonly RetiredKey[] =>
  parsed(
    'AMANAT_GATEWAY_KEYS_OLD',
    z.array(retiredKey).max(32),
    json(values['AMANAT_GATEWAY_KEYS_OLD'] ?? '[]', 'AMANAT_GATEWAY_KEYS_OLD'),
  );

const address = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);

/** `name=quota/seconds`; a policy that is not named keeps its default. */
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

/** Reads the channels that are switched on. @throws Refusal `configuration` */
export const readChannels = (values: SettingValues): readonly Channel[] =>
  parsed('AMANAT_CHANNELS', z.array(z.enum(CHANNELS)), list(values['AMANAT_CHANNELS'] ?? 'webhook'));

/** Reads the named values of `config.json`. @throws Refusal `configuration`, which names the value that is not a text */
export function readSettingValues(document: unknown): SettingValues {
  const found = z.record(z.string(), z.string()).safeParse(document);
  if (found.success) return found.data;
  const [at] = found.error.issues.map((one) => one.path[0]);
  const what = at === undefined ? 'it must be one object in JSON' : `${String(at)} must be a text in quotes`;
  throw new Refusal('configuration', `config.json in the home folder cannot be used: ${what}`);
}

/** Does work with a setting's value; a fault in the value is reported under the setting's name. @throws Refusal `configuration` */
export async function nameSettingInFault<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault;
    throw new Refusal('configuration', `${name}: ${fault.detail}`);
  }
}

/** Reads host and port. A port alone means loopback, which other machines cannot reach. */
const listener = z
  .string()
  .transform((text) => (/^\d{1,5}$/.test(text) ? `127.0.0.1:${text}` : text))
  .pipe(z.string().regex(/^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}$/))
  .transform((text) => {
    const at = text.lastIndexOf(':');
    return { host: text.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(text.slice(at + 1)) };
  })
  .pipe(z.object({ host: z.string(), port: z.int().max(65_535) }));

/** The key has at least 16 characters, so that nobody can guess it. */
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

/** Reads whole seconds, at most an hour, as milliseconds. */
const seconds = (values: SettingValues, name: SettingName, otherwise: number): number =>
  1_000 * parsed(name, z.coerce.number().int().min(1).max(3_600), values[name] ?? otherwise);

/** @throws Refusal `channel-secret-missing`, which names the setting */
export function readTelegramSettings(values: SettingValues): TelegramSettings {
  const apiRoot = values['AMANAT_TELEGRAM_API'];
  const api = z.url({ protocol: /^https?$/ });
  return {
    token: secret(values, 'AMANAT_TELEGRAM_TOKEN', /^\d{1,20}:[A-Za-z0-9_-]{1,128}$/),
    secretToken: secret(values, 'AMANAT_TELEGRAM_SECRET', /^[A-Za-z0-9_-]{1,256}$/),
    ...present({ apiRoot: apiRoot === undefined ? undefined : parsed('AMANAT_TELEGRAM_API', api, apiRoot) }),
  };
}

/** @throws Refusal `channel-secret-missing` or `configuration`, which names the setting */
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
      'AMANAT_ANCHORS is not set, and certs/<country>/ has no certificate of an authority',
    );
  return value;
}

function required(values: SettingValues, name: SettingName): string {
  const value = values[name]?.trim();
  if (value === undefined || value === '') throw new Refusal('configuration', `${name} is not set`);
  return value;
}

/** @throws Refusal `channel-secret-missing`: then only this channel does not start */
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

/** Makes the refusal that names the setting and its form, and never repeats the value. */
const wrongForm = (name: SettingName): Refusal =>
  new Refusal('configuration', `${name} has the wrong form; expected: ${formOfSetting(name)}`);
