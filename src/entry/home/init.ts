/** `amanat init`: makes a new home folder with every key that a gateway needs, and a demo authority for each given country. */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { GATEWAY_OPERATOR } from '../../domain/evidence/operator-act.ts';
import type { Channel } from '../../domain/party/channel.ts';
import { didOfGateway } from '../../domain/party/designation.ts';
import { Refusal } from '../../domain/words/error.ts';
import { present } from '../../domain/words/present.ts';
import { makeAuthority } from '../../seal/authority.ts';
import { demoAuthorityName } from '../../seal/demo-anchors.ts';
import { generateSigningJwk } from '../../seal/keys.ts';
import type { ChanceSource } from '../chance.ts';
import { writeHead } from '../telling/log-head.ts';
import { issueMailCertificate, makeMailAuthority } from './certificates.ts';
import { writeAuthority, writeConfig, writeMailAuthority, writeSecret } from './home.ts';
import { writeGatewayMade } from './made.ts';

export interface InitOptions {
  /** The public origin of the gateway. */
  readonly url: string;
  /** Countries that get a demo authority (ISO 3166-1 alpha-2); the certificate of a real authority is added later. */
  readonly countries: readonly string[];
  /** The sender address of mail; a mail certificate is made for it. */
  readonly mailFrom?: string;
  /** The URL of the mail relay, `smtp://` or `smtps://`, with a password if it needs one; needs `mailFrom`. */
  readonly smtpUrl?: string;
  /** The bot token from BotFather. */
  readonly telegramToken?: string;
  /** The operator's handle, for the operator's log. */
  readonly madeBy?: string;
}

/** Lists the channels of a gateway that is made with these options. */
export const listChannels = (options: InitOptions): readonly Channel[] => [
  'webhook',
  ...(options.telegramToken === undefined ? [] : (['telegram'] as const)),
  ...(options.mailFrom === undefined || options.smtpUrl === undefined ? [] : (['email'] as const)),
];

/**
 * Makes the home folder. Never overwrites an old one, whose keys open messages that are already sealed. Where it cannot finish,
 * for example on a full disk, it removes everything that it wrote.
 * @throws Refusal `already-exists`
 */
export async function initHome(
  path: string,
  options: InitOptions,
  now: Date,
  chance: ChanceSource,
): Promise<void> {
  checkNew(path, options.countries);
  const before = contentOf(path);
  // Other users may pass through, but not list it: the database runs as its own user and needs its folder below.
  const made = mkdirSync(path, { recursive: true, mode: 0o711 });
  try {
    await fillHome(path, options, now, chance);
  } catch (fault) {
    if (made === undefined) removeNew(path, before);
    else rmSync(made, { recursive: true, force: true });
    throw fault;
  }
}

/** Refuses to overwrite a gateway, the keys of a gateway whose `config.json` is missing, and certificates of authorities. */
function checkNew(path: string, countries: readonly string[]): void {
  if (existsSync(join(path, 'config.json')))
    throw new Refusal('already-exists', 'the home folder already has a gateway');
  for (const folder of ['secrets', 'authority', 'data'])
    if (existsSync(join(path, folder)) && readdirSync(join(path, folder)).length > 0)
      throw new Refusal(
        'already-exists',
        `the home folder has ${folder}/ of a gateway whose config.json is missing: restore that file, or use another home folder`,
      );
  for (const country of countries)
    if (existsSync(join(path, 'certs', country, 'authority.pem')))
      throw new Refusal(
        'already-exists',
        `certs/${country}/ already has the certificate of an authority: leave that country out`,
      );
}

/** The folders that `init` writes to, with their files; the deepest come last. */
const contentOf = (path: string): readonly string[] =>
  existsSync(path) ? readdirSync(path, { recursive: true, encoding: 'utf8' }).toSorted() : [];

/** Removes the new files from a folder that already existed. */
function removeNew(path: string, before: readonly string[]): void {
  const there = new Set(before);
  for (const one of contentOf(path).filter((each) => !there.has(each)))
    rmSync(join(path, one), { recursive: true, force: true });
}

async function fillHome(path: string, options: InitOptions, now: Date, chance: ChanceSource): Promise<void> {
  const did = didOfGateway(options.url);
  for (const country of options.countries) {
    const { privateJwk, certificate } = await makeAuthority(country, demoAuthorityName(country), now);
    writeAuthority(path, country, { certificate, key: JSON.stringify(privateJwk) });
  }
  const evidenceKey = await generateSigningJwk(`${did}#evidence-${now.toISOString().slice(0, 10)}`);
  writeSecret(path, 'AMANAT_MASTER_KEY', chance.newToken());
  writeSecret(path, 'AMANAT_GATEWAY_KEY', JSON.stringify(evidenceKey));
  writeSecret(path, 'AMANAT_TELEGRAM_SECRET', chance.newToken());
  if (options.telegramToken !== undefined) writeSecret(path, 'AMANAT_TELEGRAM_TOKEN', options.telegramToken);
  if (options.smtpUrl !== undefined) writeSecret(path, 'AMANAT_SMTP_URL', options.smtpUrl);
  if (options.mailFrom !== undefined) await makeMailKeys(path, options.mailFrom, now);
  writeHead(path, { place: 0 });
  writeGatewayMade(path, { at: now.toISOString(), by: options.madeBy ?? GATEWAY_OPERATOR });
  writeConfig(path, {
    AMANAT_URL: new URL(options.url).origin,
    AMANAT_CHANNELS: listChannels(options).join(','),
    ...present({ AMANAT_MAIL_FROM: options.mailFrom }),
  });
}

/** Days that the gateway's own mail certificate is valid; a government's certificate replaces it before. */
const MAIL_DAYS = 730;

/** Makes a mail authority and the gateway's signing certificate under it; the gateway does not load the authority's key. */
async function makeMailKeys(path: string, from: string, now: Date): Promise<void> {
  const authority = await makeMailAuthority('Amanat mail', now);
  const signer = await issueMailCertificate(authority, {
    name: 'Amanat gateway',
    email: from,
    now,
    days: MAIL_DAYS,
    usage: 'both',
  });
  writeMailAuthority(path, authority);
  writeSecret(path, 'AMANAT_MAIL_CERTIFICATE', signer.certificate.trim());
  writeSecret(path, 'AMANAT_MAIL_KEY', signer.privateKey.trim());
}
