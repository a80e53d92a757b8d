/**
 * A statement that begins when its authority's certificate is not valid is refused at import, since no later
 * reader would accept it.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { draftDesignation, keepDesignation } from '../../src/entry/enrolling/designating.ts';
import { keepGateway } from '../../src/entry/enrolling/peers.ts';
import { draftWithdrawal, keepWithdrawal } from '../../src/flow/statements/withdrawing.ts';
import { generateSigningJwk, importSigningKey } from '../../src/seal/keys.ts';
import { signStatement } from '../../src/seal/statement.ts';
import { catchRefusal } from '../support/people.ts';
import { makeRig, type Rig } from '../support/rig.ts';
import { designateGateway } from '../support/signed-statements.ts';
import { makeOfficer } from '../support/story.ts';

let house: Rig;

beforeAll(async () => {
  house = await makeRig();
});
afterAll(() => house?.close());

const hours = (by: number): string => new Date(house.gateway.now().getTime() + by * 3_600_000).toISOString();

test('of a focal point, of a gateway, and of a withdrawal', async () => {
  const { gateway, authorities } = house;
  const draft = { slug: 'desk', name: 'Desk', country: 'ID', officers: [makeOfficer()] };
  const designation = await draftDesignation(gateway, draft);
  const sign = (claims: object) => signStatement('designation', claims, [authorities.ID]);
  const early = await sign({ ...designation, from: hours(-1) });
  expect(await catchRefusal(() => keepDesignation(gateway, early))).toBe('statement-refused');
  await keepDesignation(gateway, await sign(designation));

  const did = 'did:web:other.example';
  const key = await importSigningKey(await generateSigningJwk(`${did}#evidence`));
  const other = { url: 'https://other.example', name: 'Other', country: 'ID', signing: [key.publicJwk] };
  const long = await designateGateway(authorities.ID, other, new Date(hours(-1)));
  expect(await catchRefusal(() => keepGateway(gateway, long))).toBe('statement-refused');
  await keepGateway(gateway, await designateGateway(authorities.ID, other, gateway.now()));

  const end = await draftWithdrawal(gateway, designation, 'superseded');
  const signed = (claims: object) => signStatement('withdrawal', claims, [authorities.ID]);
  for (const from of [hours(-1), hours(24 * 365 * 11)]) {
    const one = await signed({ ...end, from, through: hours(24 * 365 * 12) });
    expect(await catchRefusal(() => keepWithdrawal(gateway, one)), from).toBe('statement-refused');
  }
  expect((await keepWithdrawal(gateway, await signed(end))).isNew).toBe(true);
});
