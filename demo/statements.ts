/**
 * The statements by which two gateways know each other: drafted at the gateways, signed by the authorities, imported
 * at both. They pass as plain files through one folder, as between two countries.
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
import { claimsOfGateway, keepGateway } from '../src/entry/enrolling/peers.ts';
import { writeNewFile } from '../src/entry/new-file.ts';
import type { OpenedGateway } from '../src/entry/node.ts';
import type { Jws } from '../src/seal/jws.ts';
import type { DemoAuthorityFolder, SignableClaims } from './authorities.ts';
import { CAST } from './cast.ts';
import { type Company, draftAgreement } from './company.ts';
import { type House, houseOfRole } from './houses.ts';

type Gateway = OpenedGateway['gateway'];

/** One gateway of the demo, opened but not served. */
export interface OpenedHouse extends House {
  readonly gateway: Gateway;
}

/** The public keys of a focal point that holds its own keys. */
export type OwnPublicKeys = NonNullable<FocalPointDraft['own']>;

/** Exchanges everything that must be signed before the first message: gateways, focal points, and the agreement. */
export async function exchangeStatements(
  folder: string,
  houses: readonly OpenedHouse[],
  authorities: readonly DemoAuthorityFolder[],
  { company, own }: { readonly company: Company; readonly own: OwnPublicKeys },
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const post = postOffice(folder, houses, authorities);
  for (const { slug, name, countries, gateway } of houses) {
    const { url, key } = gateway;
    const draft = { url, name, country: countries[0], signing: [key.publicJwk] };
    await post('gateway', `gateway-${slug}`, claimsOfGateway(draft, gateway.now()), [countries[0]]);
  }
  for (const role of company.roles) {
    const { slug, name, country, officer, custody } = CAST[role];
    const colleagues = (company.colleagues ?? []).filter((one) => one.role === role);
    const officers = [officer, ...colleagues.map((one) => one.officer)];
    const draft = { slug, name, country, officers, ...present({ own: custody === 'own' ? own : undefined }) };
    const claims = await draftDesignation(houseOfRole(houses, role).gateway, draft);
    await post('designation', slug, claims, [country]);
  }
  await post('agreement', 'agreement', draftAgreement(company, new Date()), company.countries);
}

type Post = (kind: SignableClaims, name: string, claims: object, signers: readonly string[]) => Promise<void>;

/** Takes a draft from one authority to the next, and the signed statement to every gateway. */
function postOffice(
  folder: string,
  houses: readonly OpenedHouse[],
  authorities: readonly DemoAuthorityFolder[],
): Post {
  return async (kind, name, claims, signers) => {
    let file = join(folder, `${name}.json`);
    writeNewFile('out', file, `${JSON.stringify(claims, null, 2)}\n`, false);
    for (const authority of authorities.filter((one) => signers.includes(one.country)))
      file = await authority.sign(kind, file);
    for (const { gateway } of houses) await importFile(gateway, kind, file);
  };
}

async function importFile(gateway: Gateway, kind: SignableClaims, file: string): Promise<void> {
  const { statement } = await readStatementFile(kind, file);
  if (statement === undefined) throw new Refusal('statement-refused', 'the file is a draft');
  await IMPORTS[kind](gateway, statement);
}

const IMPORTS: Readonly<Record<SignableClaims, (gateway: Gateway, statement: Jws) => Promise<unknown>>> = {
  gateway: keepGateway,
  designation: keepDesignation,
  agreement: keepAgreement,
};
