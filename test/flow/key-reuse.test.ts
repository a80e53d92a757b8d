/**
 * One key, one party: a statement that lists another party's key is not kept, whatever the key is called
 * there.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Designation, PublicJwk } from '../../src/domain/party/designation.ts';
import { claimsOfOwnKeys, keepDesignation } from '../../src/entry/enrolling/designating.ts';
import { keepGateway } from '../../src/entry/enrolling/peers.ts';
import { draftWithdrawal, keepWithdrawal } from '../../src/flow/statements/withdrawing.ts';
import { generateSigningJwk, publicHalfOf } from '../../src/seal/keys.ts';
import { signStatement } from '../../src/seal/statement.ts';
import { designateOwnCustody, makeKeyedPerson } from '../support/own-custody.ts';
import { catchRefusal, type KeyedPerson, makePerson } from '../support/people.ts';
import { makeRig, type Rig } from '../support/rig.ts';
import { designateGateway } from '../support/signed-statements.ts';
import { makeOfficer } from '../support/story.ts';

let house: Rig;
/** Cambodia's focal point, with its own keys on P-256: one curve for both uses. */
let police: { keys: KeyedPerson; designation: Designation };
beforeAll(async () => {
  house = await makeRig();
  const keys = await makePerson(`${house.gateway.did}:fp:police`, 'P-256', 'P-256');
  const own = { signing: [keys.signing.publicJwk], agreement: [keys.opening.publicJwk] };
  const draft = { slug: 'police', name: 'Police', country: 'KH', officers: [makeOfficer()], own };
  police = { keys, designation: await house.designate(draft) };
});
afterAll(() => house.close());

type Own = { readonly signing: readonly PublicJwk[]; readonly agreement: readonly PublicJwk[] };
const SLUG = 'desk';
const did = (): string => `${house.gateway.did}:fp:${SLUG}`;
const renamed = (key: PublicJwk, use: string): PublicJwk => ({ ...key, kid: `${did()}#${use}` });

/** Designates a focal point under these keys by Indonesia's authority, and imports that. */
async function brought(own: Own, slug = SLUG): Promise<Designation> {
  const draft = { slug, name: 'Desk', country: 'ID', officers: [makeOfficer()], own };
  const claims = claimsOfOwnKeys(house.gateway.did, draft, house.gateway.now());
  return keepDesignation(house.gateway, await signStatement('designation', claims, [house.authorities.ID]));
}

async function refused(keys: Partial<Own>): Promise<string> {
  const fresh = await makeKeyedPerson(SLUG);
  const own = { signing: [fresh.signing.publicJwk], agreement: [fresh.opening.publicJwk] };
  return catchRefusal(() => brought({ ...own, ...keys }));
}

describe('a designation is refused if it lists a key', () => {
  test('of another country’s focal point, for the same use and for another one', async () => {
    const { signing, agreement } = police.designation.keys;
    const [sign, open] = [signing[0], agreement[0]] as [PublicJwk, PublicJwk];
    expect(await refused({ signing: [renamed(sign, 's')] })).toBe('key-reused');
    expect(await refused({ agreement: [renamed(open, 'o')] })).toBe('key-reused');
    expect(await refused({ agreement: [renamed(sign, 'o')] })).toBe('key-reused');
    expect(await refused({ signing: [renamed(open, 's')] })).toBe('key-reused');
  });

  test('of this gateway', async () => {
    expect(await refused({ signing: [renamed(house.gateway.key.publicJwk, 's')] })).toBe('key-reused');
  });

  test('that a focal point had once, even if it was withdrawn since', async () => {
    const { designation } = await designateOwnCustody(house, {
      slug: 'gone',
      country: 'ID',
      officers: [makeOfficer()],
    });
    const claims = await draftWithdrawal(house.gateway, designation, 'cessationOfOperation');
    await keepWithdrawal(house.gateway, await signStatement('withdrawal', claims, [house.authorities.ID]));
    const [key] = designation.keys.signing as [PublicJwk];
    expect(await refused({ signing: [renamed(key, 's')] })).toBe('key-reused');
  });
});

test('nothing of a refused statement was kept, and the focal point is imported with its own keys', async () => {
  expect((await house.gateway.store.directory.readDirectory([SLUG])).designations).toEqual([]);
  const keys = await makeKeyedPerson(SLUG);
  const own = { signing: [keys.signing.publicJwk], agreement: [keys.opening.publicJwk] };
  await brought(own);
  // Listing its own keys again is no reuse.
  house.pass(1);
  expect((await brought(own)).slug).toBe(SLUG);
});

test('of two that list one key at the same time, one is kept', async () => {
  const shared = publicHalfOf(await generateSigningJwk(`${house.gateway.did}:fp:any#s`));
  const slugs = Array.from({ length: 6 }, (_, n) => `twin-${n}`);
  const ends = await Promise.allSettled(
    slugs.map(async (slug) => {
      const keys = await makeKeyedPerson(slug);
      const signing = [{ ...shared, kid: `${keys.did}#s` }];
      return brought({ signing, agreement: [keys.opening.publicJwk] }, slug);
    }),
  );
  expect(ends.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
  for (const end of ends.filter((one) => one.status === 'rejected'))
    expect(end.reason).toMatchObject({ code: 'key-reused' });
});

describe('a gateway’s statement is refused if it lists a key', () => {
  const statement = (host: string, key: PublicJwk) => {
    const signing = [{ ...key, kid: `did:web:${host}#evidence` }];
    const draft = { url: `https://${host}`, name: 'Gateway', country: 'KH', signing };
    return designateGateway(house.authorities.KH, draft, house.gateway.now());
  };
  const refusedGateway = async (host: string, key: PublicJwk): Promise<string> => {
    const jws = await statement(host, key);
    return catchRefusal(() => keepGateway(house.gateway, jws));
  };

  test('of a focal point, of another gateway, or of this gateway', async () => {
    const fresh = publicHalfOf(await generateSigningJwk('did:web:one.test#evidence'));
    await keepGateway(house.gateway, await statement('one.test', fresh));
    expect(await refusedGateway('two.test', fresh)).toBe('key-reused');
    expect(await refusedGateway('two.test', house.gateway.key.publicJwk)).toBe('key-reused');
    const { designations } = await house.gateway.store.directory.readDirectory([SLUG]);
    expect(designations.length).toBeGreaterThan(0);
    const { keys } = await designateOwnCustody(house, {
      slug: 'unit',
      country: 'ID',
      officers: [makeOfficer()],
    });
    expect(await refusedGateway('two.test', keys.signing.publicJwk)).toBe('key-reused');
    expect(await refused({ signing: [renamed(fresh, 's')] })).toBe('key-reused');
    house.pass(1);
    await keepGateway(house.gateway, await statement('one.test', fresh));
  });
});
