/**
 * The gateways of the demo. Each has its own home folder, database, evidence key and bot, as `amanat init` makes them.
 * None of them ever has an authority's key.
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { didOfFocalPoint, didOfGateway } from '../src/domain/party/designation.ts';
import { chance } from '../src/entry/chance.ts';
import { type HomeFolder, readHome, writeConfig, writeSecret } from '../src/entry/home/home.ts';
import { initHome } from '../src/entry/home/init.ts';
import type { BotApi } from '../test/support/outside/bot-api.ts';
import type { DemoAuthorityFolder } from './authorities.ts';
import { CAST, type CastMember, isMailRole, MAIL_FROM, type Role } from './cast.ts';
import type { HousePlan } from './company.ts';
import { botTokenOf, type OutsideServers } from './outside.ts';

export interface House extends HousePlan {
  readonly home: HomeFolder;
  /** The address at which the gateway is served. */
  readonly url: string;
  /** The Bot API that its bot uses. */
  readonly bot: BotApi;
}

/** Finds the gateway at which a role is homed, in a list of things that belong to gateways. */
export function houseOfRole<H extends HousePlan>(houses: readonly H[], role: Role): H {
  const found = houses.find((one) => one.countries.includes(CAST[role].country));
  if (found === undefined) throw new Error('a role has no gateway');
  return found;
}

/** The DID of a role's focal point. */
export const didOfRole = (houses: readonly House[], role: Role): string =>
  didOfFocalPoint(didOfGateway(houseOfRole(houses, role).url), CAST[role].slug);

/** The input for making the gateways. */
export interface HouseMaking {
  /** The folder of the home folders. */
  readonly folder: string;
  readonly plans: readonly HousePlan[];
  readonly roles: readonly Role[];
  readonly outside: OutsideServers;
  readonly authorities: readonly DemoAuthorityFolder[];
}

/** Makes the home folders, each with the certificates of all authorities. */
export async function makeHouses(building: HouseMaking): Promise<readonly House[]> {
  const { folder, plans, roles, outside, authorities } = building;
  const ports = await freePorts(plans.length);
  const hosts = ports.map((port) => `127.0.0.1:${port}`);
  const allow = [...hosts, ...Object.values(outside.receivers).map((one) => one.host)];
  return Promise.all(
    plans.map(async (plan, n) => {
      const url = `http://${hosts[n]}`;
      const bot = outside.bots[n];
      if (bot === undefined) throw new Error('a gateway has no bot');
      const path = join(folder, plan.slug);
      const isMailed = roles.some((role) => isAt(plan, CAST[role]) && isMailRole(role));
      const mail = isMailed ? { mail: outside.mail } : {};
      await makeHome(path, url, { ...mail, bot, token: botTokenOf(n), allow });
      for (const { country, certificate } of authorities) {
        mkdirSync(join(path, 'certs', country), { recursive: true });
        copyFileSync(certificate, join(path, 'certs', country, 'authority.pem'));
      }
      // Settings of this machine's environment are not used: the demo must use only loopback.
      return { ...plan, home: readHome(path, {}), url, bot };
    }),
  );
}

interface Surroundings extends Partial<Pick<OutsideServers, 'mail'>> {
  readonly bot: BotApi;
  readonly token: string;
  /** Hosts on this machine that the gateway may call: partners, and the other gateway. */
  readonly allow: readonly string[];
}

/**
 * Makes a home folder. Its gateway knows the mail server, its Bot API, the partners and the other gateway on this
 * machine.
 */
async function makeHome(path: string, url: string, around: Surroundings): Promise<void> {
  const { mail: server } = around;
  const mail =
    server === undefined ? {} : { mailFrom: MAIL_FROM, smtpUrl: `smtp://127.0.0.1:${server.port}` };
  const options = { url, countries: [], telegramToken: around.token, ...mail };
  await initHome(path, options, new Date(), chance);
  if (server !== undefined) writeSecret(path, 'AMANAT_SMTP_CA', server.ca);
  writeSecret(path, 'AMANAT_METRICS_KEY', chance.newToken());
  writeConfig(path, {
    AMANAT_ALLOW: around.allow.join(','),
    AMANAT_TELEGRAM_API: around.bot.root,
    // A person who watches the demo should not wait a minute for a cosignature.
    AMANAT_LEDGER_EVERY: '1',
    AMANAT_WITNESS_EVERY: '1',
  });
}

const isAt = (plan: HousePlan, part: CastMember): boolean => plan.countries.includes(part.country);

/**
 * Finds free ports. They are all reserved at the same time, so that no two are equal. A gateway's DID contains its
 * port, so the port must be known before the gateway is made.
 */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
