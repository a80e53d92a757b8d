/** `amanat init`: a new home folder with every key a gateway needs, and an authority for each country asked for. */
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
  /** Origin under which the gateway will be reached. */
  readonly url: string;
  /** Countries to make an authority for (ISO 3166-1 alpha-2); a country that has its own brings its certificate later. */
  readonly countries: readonly string[];
  /** The address mails come from; makes a mail certificate for it. */
  readonly mailFrom?: string;
  /** The relay mails go out by, `smtp://` or `smtps://` with any password in it; needs `mailFrom`. */
  readonly smtpUrl?: string;
  /** From BotFather. */
  readonly telegramToken?: string;
  /** The handle of whoever makes it, for the operator's log. */
  readonly madeBy?: string;
}

/** The channels a gateway made with these options runs. */
export const listChannels = (options: InitOptions): readonly Channel[] => [
  'webhook',
  ...(options.telegramToken === undefined ? [] : (['telegram'] as const)),
  ...(options.mailFrom === undefined || options.smtpUrl === undefined ? [] : (['email'] as const)),
];

/**
 * Makes the home folder. Never overwrites: the keys in it open what is already sealed. Where it cannot be finished, such as
 * on a disk that is full, nothing of it stays.
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
  // Others may pass through to the database's own user's folder, and see nothing here.
  const made = mkdirSync(path, { recursive: true, mode: 0o711 });
  try {
    await fillHome(path, options, now, chance);
  } catch (fault) {
    if (made === undefined) removeNew(path, before);
    else rmSync(made, { recursive: true, force: true });
    throw fault;
  }
}

/** What is never written over: a gateway, keys of one whose `config.json` is gone, certificates of authorities. */
function checkNew(path: string, countries: readonly string[]): void {
  if (existsSync(join(path, 'config.json')))
    throw new Refusal('already-exists', 'the home folder already holds a gateway');
  for (const folder of ['secrets', 'authority', 'data'])
    if (existsSync(join(path, folder)) && readdirSync(join(path, folder)).length > 0)
      throw new Refusal(
        'already-exists',
        `the home folder holds ${folder}/ of a gateway whose config.json is gone: bring that back, or name another home`,
      );
  for (const country of countries)
    if (existsSync(join(path, 'certs', country, 'authority.pem')))
      throw new Refusal(
        'already-exists',
        `certs/${country}/ holds the certificate of an authority already: make none for that country`,
      );
}

/** The folders that `init` writes to, and what lies in them; deepest last. */
const contentOf = (path: string): readonly string[] =>
  existsSync(path) ? readdirSync(path, { recursive: true, encoding: 'utf8' }).toSorted() : [];

/** Takes out of a folder that was there before what came into it since. */
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

/** Days the gateway's own mail certificate is good for; a government's replaces it before that. */
const MAIL_DAYS = 730;

/** A mail authority of its own and the gateway's signing certificate under it; the authority's key stays offline. */
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
