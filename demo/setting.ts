/**
 * The setting: everything outside the gateways is started, homes and authorities are made, and everybody is enrolled, as
 * operators do before the first message. No gateway is served yet, and nothing of any story is in it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Partner } from '../test/support/outside/partner.ts';
import { openAuthority } from './authorities.ts';
import { CAST, type ChatRole, type Country, isSystem, type SystemRole } from './cast.ts';
import { type StoryClock, storyClock } from './clock.ts';
import { type Company, type HousePlan, housesOf, PHNOM_PENH_JAKARTA } from './company.ts';
import { type Enrolled, enrol } from './enrolment.ts';
import { type House, makeHouses } from './houses.ts';
import { type Outside, startOutside } from './outside.ts';
import type { EnrolledPartner } from './partners.ts';

export interface Setting extends Outside, Enrolled {
  readonly company: Company;
  readonly houses: readonly House[];
  /** What everybody's clock shows, the gateways' too where they are served by it. */
  readonly clock: StoryClock;
  /** The authorities' certificates, PEM: all that an outsider needs to verify an export. */
  readonly anchors: ReadonlyMap<Country, string>;
  close(): Promise<void>;
}

/** Whoever has a system that writes. */
export type Writer = SystemRole | ChatRole;

export interface SettingOptions {
  /** Where homes, authorities and statements will lie. */
  readonly folder: string;
  /** Phnom Penh and Jakarta where left out. */
  readonly company?: Company;
  /** One gateway a country where left out. */
  readonly houses?: readonly HousePlan[];
  /** Ends the making between two steps. */
  readonly signal?: AbortSignal;
}

/** Makes the setting. @throws the signal's reason where that is aborted before it is made */
export async function makeSetting(options: SettingOptions): Promise<Setting> {
  const { folder, company = PHNOM_PENH_JAKARTA, signal } = options;
  const { countries, roles } = company;
  const plans = options.houses ?? housesOf(company);
  const outside = await startOutside(plans.length);
  try {
    signal?.throwIfAborted();
    const now = new Date();
    const authorities = await Promise.all(
      countries.map((country) => openAuthority(join(folder, 'authority'), country, now)),
    );
    const houses = await makeHouses({ folder, plans, roles, outside, authorities });
    signal?.throwIfAborted();
    const statements = join(folder, 'statements');
    const clock = storyClock();
    const enrolled = await enrol({ company, houses, outside, authorities, statements, clock, signal });
    const anchors = new Map(authorities.map((one) => [one.country, readFileSync(one.certificate, 'utf8')]));
    return { ...outside, ...enrolled, company, houses, clock, anchors };
  } catch (fault) {
    await outside.close();
    throw fault;
  }
}

/** By what a desk writes. @throws Error where it does not */
export function writerOf(setting: Setting, role: Writer): Partner {
  if (isSystem(role)) return partnerOf(setting, role);
  const writer = setting.writers.get(role);
  if (writer === undefined) throw new Error(`${CAST[role].slug} is not in this setting`);
  return writer;
}

/** The system of a partner that plays here. @throws Error where it does not */
export function partnerOf({ partners }: Setting, role: SystemRole): EnrolledPartner {
  const partner = partners.get(role);
  if (partner === undefined) throw new Error(`${CAST[role].slug} is not in this setting`);
  return partner;
}
