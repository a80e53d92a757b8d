/** Warns the operator of statements and certificates that will expire: 60 days before, then weekly. */

import { isEndedBy } from '../../domain/party/in-force.ts';
import { daysUntil, type Ending } from '../../domain/words/ending.ts';
import type { Judging, Watching } from '../../gateway-parts.ts';
import { certificateEndOf } from '../../seal/certificate-end.ts';
import { type Directory, findDesignation, readDirectory } from './directory.ts';

const DAY = 86_400_000;
/**
 * Days: how long before the end the warnings begin, between two warnings, and how long after the end they
 * stop.
 */
interface Rhythm {
  readonly ahead: number;
  readonly again: number;
  readonly after: number;
}
const RHYTHM: Rhythm = { ahead: 60, again: 7, after: 7 };
/**
 * A new revocation list is published shortly before the old one ends, so there is no warning ahead. Once a
 * list is late, mail that depends on it will stop. So the warning comes daily until there is a new one.
 */
const LIST_RHYTHM: Rhythm = { ahead: 0, again: 1, after: Number.POSITIVE_INFINITY };
const rhythmOf = ({ what }: Ending): Rhythm => (what === 'revocation-list' ? LIST_RHYTHM : RHYTHM);

/**
 * Lists everything whose end stops traffic, named by slugs and ids only. Withdrawn statements are left out.
 */
export async function listEndings(gateway: Watching): Promise<readonly Ending[]> {
  const directory = await readDirectory(gateway);
  return [
    ...designations(directory),
    ...agreements(directory),
    ...directory.gateways.map((one) => ending('gateway', hostOf(one.gateway), one.until)),
    ...gateway.anchors.map(({ country, kid, until }) => ({
      what: 'anchor',
      name: `${country} ${kid.split('#')[1]?.slice(0, 8) ?? ''}`,
      until,
    })),
    ...gateway.certificates.flatMap(({ name, pem }) => certificate('mail-certificate', name, pem)),
    ...directory.endpoints
      .filter((one) => one.enabled && one.certificate !== undefined)
      .flatMap((one) => certificate('endpoint-certificate', one.id, one.certificate ?? '')),
    ...revocationLists(gateway, directory),
  ];
}

/** The lists that certificates of endpoints in use depend on, by country and file. */
function revocationLists(gateway: Judging, directory: Directory): readonly Ending[] {
  const countries = directory.endpoints
    .filter((one) => one.enabled && one.certificate !== undefined)
    .flatMap((one) => findDesignation(directory, one.focalPoint)?.country ?? []);
  return [...new Set(countries)].flatMap((country) =>
    gateway.mailboxes.listsDue(country).map(({ name, until }) => ({
      what: 'revocation-list',
      name: `${country} ${name}`,
      until,
    })),
  );
}

const ending = (what: string, name: string, until: string): Ending => ({
  what,
  name,
  until: new Date(until),
});

/** The host and port in a gateway's DID. */
const hostOf = (gateway: string): string => gateway.slice('did:web:'.length).replace('%3A', ':');

/** A slug is unique at its gateway only, so the gateway's host is added for other gateways. */
const designations = ({ designations: all, withdrawals, here }: Directory): readonly Ending[] =>
  all
    .filter((one) => !withdrawals.some((each) => isEndedBy(each, one)))
    .map((one) =>
      ending(
        'designation',
        one.gateway === here ? one.slug : `${one.slug}@${hostOf(one.gateway)}`,
        one.until,
      ),
    );

/** Only the newest version of each agreement: a replaced one may end. */
const agreements = ({ agreements: all }: Directory): readonly Ending[] =>
  [...Map.groupBy(all, (one) => one.id).values()].flatMap((versions) => {
    const newest = versions.toSorted((a, b) => a.version - b.version).at(-1);
    return newest === undefined ? [] : [ending('agreement', newest.id, newest.until)];
  });

const certificate = (what: string, name: string, pem: string): readonly Ending[] => {
  const until = certificateEndOf(pem);
  return until === undefined ? [] : [{ what, name, until }];
};

/**
 * Logs a warning for everything that ends within 60 days, at most weekly, until a week after the end; for a
 * late revocation list daily. If several processes share a database, one of them warns.
 * @returns how many warnings were given
 */
export async function warnOfEndings(gateway: Watching): Promise<number> {
  const now = gateway.now();
  let given = 0;
  for (const one of await listEndings(gateway)) {
    const left = one.until.getTime() - now.getTime();
    const { ahead, again, after } = rhythmOf(one);
    if (left > ahead * DAY || left < -after * DAY) continue;
    if (!(await gateway.store.directory.claimWarning(one, now, new Date(now.getTime() - again * DAY))))
      continue;
    const { what, name, until } = one;
    gateway.log.warn('expiry.warning', {
      what,
      name,
      until: until.toISOString(),
      days: daysUntil(until, now),
    });
    given += 1;
  }
  return given;
}
