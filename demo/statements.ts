/**
 * The statements by which two gateways know each other: drafted at the gateways, signed by the authorities, imported at
 * both. All of it passes as plain files through one folder, as it passes between two countries.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readStatementFile } from '../src/cli/statement-file.ts';
import { Refusal } from '../src/domain/words/error.ts';
import { present } from '../src/domain/words/present.ts';
import {
  draftDesignation,
  type FocalPointDraft,
  keepDesignation,
} from '../src/entry/enrolling/designating.ts';
import { keepAgreement } from '../src/entry/enrolling/enrol.ts';
import { gatewayClaims, keepGateway } from '../src/entry/enrolling/peers.ts';
import { writeNew } from '../src/entry/new-file.ts';
import type { Opened } from '../src/entry/node.ts';
import type { Jws } from '../src/seal/jws.ts';
import type { Authority, Signable } from './authorities.ts';
import { CAST } from './cast.ts';
import { agreementDraft, type Company } from './company.ts';
import { type House, homeOf } from './houses.ts';

type Gateway = Opened['gateway'];

/** A house with its gateway opened, not served. */
export interface Office extends House {
  readonly gateway: Gateway;
}

/** Public keys of a desk that holds its own. */
export type OwnKeys = NonNullable<FocalPointDraft['own']>;

/** Everything that must be signed before the first message: gateways, focal points, and the agreement. */
export async function exchangeStatements(
  folder: string,
  offices: readonly Office[],
  authorities: readonly Authority[],
  { company, own }: { readonly company: Company; readonly own: OwnKeys },
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const post = postOffice(folder, offices, authorities);
  for (const { slug, name, countries, gateway } of offices) {
    const { url, key } = gateway;
    const draft = { url, name, country: countries[0], signing: [key.publicJwk] };
    await post('gateway', `gateway-${slug}`, gatewayClaims(draft, gateway.now()), [countries[0]]);
  }
  for (const role of company.roles) {
    const { slug, name, country, officer, custody } = CAST[role];
    const colleagues = (company.colleagues ?? []).filter((one) => one.role === role);
    const officers = [officer, ...colleagues.map((one) => one.officer)];
    const draft = { slug, name, country, officers, ...present({ own: custody === 'own' ? own : undefined }) };
    const claims = await draftDesignation(homeOf(offices, role).gateway, draft);
    await post('designation', slug, claims, [country]);
  }
  await post('agreement', 'agreement', agreementDraft(company, new Date()), company.countries);
}

type Post = (kind: Signable, name: string, claims: object, signers: readonly string[]) => Promise<void>;

/** Carries a draft from one authority to the next, and what they signed to every gateway. */
function postOffice(folder: string, offices: readonly Office[], authorities: readonly Authority[]): Post {
  return async (kind, name, claims, signers) => {
    let file = join(folder, `${name}.json`);
    writeNew('out', file, `${JSON.stringify(claims, null, 2)}\n`, false);
    for (const authority of authorities.filter((one) => signers.includes(one.country)))
      file = await authority.sign(kind, file);
    for (const { gateway } of offices) await importFile(gateway, kind, file);
  };
}

async function importFile(gateway: Gateway, kind: Signable, file: string): Promise<void> {
  const { statement } = await readStatementFile(kind, file);
  if (statement === undefined) throw new Refusal('statement-refused', 'the file is a draft');
  await IMPORTS[kind](gateway, statement);
}

const IMPORTS: Readonly<Record<Signable, (gateway: Gateway, statement: Jws) => Promise<unknown>>> = {
  gateway: keepGateway,
  designation: keepDesignation,
  agreement: keepAgreement,
};
