/** `amanat init`: a new home folder with every key a gateway needs, and an authority for each country asked for. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Channel } from '../domain/channel.ts';
import { Refusal } from '../domain/error.ts';
import { gatewayDid } from '../domain/party.ts';
import { makeAuthority } from '../seal/authority.ts';
import { demoName } from '../seal/demo-anchors.ts';
import { generateSigningJwk } from '../seal/keys.ts';
import { issueMailCertificate, makeMailAuthority } from './certificates.ts';
import type { Chance } from './chance.ts';
import { writeAuthority, writeConfig, writeMailAuthority, writeSecret } from './home.ts';
import { writeHead } from './log-head.ts';

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
}

/** The channels a gateway made with these options runs. */
export const channelsOf = (options: InitOptions): readonly Channel[] => [
  'webhook',
  ...(options.telegramToken === undefined ? [] : (['telegram'] as const)),
  ...(options.mailFrom === undefined || options.smtpUrl === undefined ? [] : (['email'] as const)),
];

/**
 * Makes the home folder. Never overwrites: the keys in it open what is already sealed.
 * @throws Refusal `already-exists`
 */
export async function initHome(path: string, options: InitOptions, now: Date, chance: Chance): Promise<void> {
  if (existsSync(join(path, 'config.json')))
    throw new Refusal('already-exists', 'the home folder already holds a gateway');
  // Others may pass through to the database's own user's folder, and see nothing here.
  mkdirSync(path, { recursive: true, mode: 0o711 });
  const did = gatewayDid(options.url);
  for (const country of options.countries) {
    const { privateJwk, certificate } = await makeAuthority(country, demoName(country), now);
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
  writeConfig(path, {
    AMANAT_URL: new URL(options.url).origin,
    AMANAT_CHANNELS: channelsOf(options).join(','),
    ...(options.mailFrom === undefined ? {} : { AMANAT_MAIL_FROM: options.mailFrom }),
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
