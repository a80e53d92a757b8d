/**
 * The setting: the systems outside the gateways are started, home folders and authorities are made, and everybody is
 * enrolled, as operators do before the first message. No gateway is served yet, and no story has begun.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PartnerSystem } from '../test/support/outside/partner.ts';
import { openAuthority } from './authorities.ts';
import { CAST, type CastCountry, type ChatRole, isSystemRole, type SystemRole } from './cast.ts';
import { createStoryClock, type StoryClock } from './clock.ts';
import { type Company, type HousePlan, PHNOM_PENH_JAKARTA, planHouses } from './company.ts';
import { type EnrolledCompany, enrolCompany } from './enrolment.ts';
import { type House, makeHouses } from './houses.ts';
import { type OutsideServers, startOutsideServers } from './outside.ts';
import type { EnrolledPartner } from './partners.ts';

export interface DemoSetting extends OutsideServers, EnrolledCompany {
  readonly company: Company;
  readonly houses: readonly House[];
  /** The clock for everybody; also for the gateways, if they are served with it. */
  readonly clock: StoryClock;
  /** The authorities' certificates in PEM: all that an outsider needs to verify an export. */
  readonly anchors: ReadonlyMap<CastCountry, string>;
  close(): Promise<void>;
}

/** The roles that have a system that writes. */
export type WritingRole = SystemRole | ChatRole;

export interface DemoSettingOptions {
  /** The folder for home folders, authorities and statements. */
  readonly folder: string;
  /** By default Phnom Penh and Jakarta. */
  readonly company?: Company;
  /** By default one gateway for each country. */
  readonly houses?: readonly HousePlan[];
  /** Stops the making between two steps. */
  readonly signal?: AbortSignal;
}

/** Makes the setting. @throws the signal's reason if the signal is aborted before the setting is ready */
export async function makeDemoSetting(options: DemoSettingOptions): Promise<DemoSetting> {
  const { folder, company = PHNOM_PENH_JAKARTA, signal } = options;
  const { countries, roles } = company;
  const plans = options.houses ?? planHouses(company);
  const outside = await startOutsideServers(plans.length);
  try {
    signal?.throwIfAborted();
    const now = new Date();
    const authorities = await Promise.all(
      countries.map((country) => openAuthority(join(folder, 'authority'), country, now)),
    );
    const houses = await makeHouses({ folder, plans, roles, outside, authorities });
    signal?.throwIfAborted();
    const statements = join(folder, 'statements');
    const clock = createStoryClock();
    const enrolled = await enrolCompany({ company, houses, outside, authorities, statements, clock, signal });
    const anchors = new Map(authorities.map((one) => [one.country, readFileSync(one.certificate, 'utf8')]));
    return { ...outside, ...enrolled, company, houses, clock, anchors };
  } catch (fault) {
    await outside.close();
    throw fault;
  }
}

/** The system that writes for a focal point. @throws Error if it has none */
export function writingSystemOf(setting: DemoSetting, role: WritingRole): PartnerSystem {
  if (isSystemRole(role)) return enrolledPartnerOf(setting, role);
  const writer = setting.writers.get(role);
  if (writer === undefined) throw new Error(`${CAST[role].slug} is not in this setting`);
  return writer;
}

/** The system of a partner in this story. @throws Error if the partner is not in it */
export function enrolledPartnerOf({ partners }: DemoSetting, role: SystemRole): EnrolledPartner {
  const partner = partners.get(role);
  if (partner === undefined) throw new Error(`${CAST[role].slug} is not in this setting`);
  return partner;
}
