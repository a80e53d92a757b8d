/** Keys: the gateway's own signs, every secret opens under the present master key, every desk in custody has its keys. */
import { inForce } from '../../domain/party/party.ts';
import { directoryOf } from '../../flow/directory/directory.ts';
import type { Judging, Naming, Unsealing } from '../../gateway-parts.ts';
import { unwrap, wrappedBy } from '../../seal/custody.ts';
import { isMasterRotating } from '../home/master-rotation.ts';
import { type Check, type Finding, failed, orOk, type Patient, skipped, warning } from './check.ts';

const PAGE = 500;

export const keysCheck: Check<Patient> = {
  name: 'keys',
  quick: true,
  examine: async ({ gateway, home }) => {
    const others = [
      ...relayFindings(gateway),
      ...(isMasterRotating(home.path)
        ? [warning('a rotation of the master key is under way', 'amanat keys rotate --master ends it')]
        : []),
    ];
    // Secrets that are not granted yet open under no key, and none of them is missing.
    if (gateway.guard.state() !== 'ready')
      return [skipped('secrets are looked at once the grants are in order'), ...others];
    return orOk(
      [...(await secretFindings(gateway)), ...(await custodyFindings(gateway)), ...others],
      'every secret opens under the present master key',
    );
  },
};

/** Each secret is opened and let go of: what does not open now would not open when a message waits for it. */
async function secretFindings({ store, master }: Unsealing): Promise<readonly Finding[]> {
  const counted = { old: 0, unreadable: 0 };
  let place: string | undefined = '0';
  while (place !== undefined) {
    const page: Awaited<ReturnType<typeof store.secrets.secretPage>> = await store.secrets.secretPage(
      place,
      PAGE,
    );
    for (const { row } of page) {
      const opens = await unwrap(master, row, row.wrapped).then(
        () => true,
        () => false,
      );
      if (!opens) counted.unreadable += 1;
      else if (wrappedBy(row.wrapped) !== master.id) counted.old += 1;
    }
    place = page.at(-1)?.place;
  }
  return [
    ...(counted.unreadable === 0
      ? []
      : [
          failed(
            `${counted.unreadable} secrets do not open under this master key`,
            'put back the master key that belongs to this database (secrets/AMANAT_MASTER_KEY)',
          ),
        ]),
    ...(counted.old === 0
      ? []
      : [
          warning(
            `${counted.old} secrets are still wrapped under the master key before`,
            'run amanat keys rotate --master to its end',
          ),
        ]),
  ];
}

async function custodyFindings(gateway: Judging): Promise<readonly Finding[]> {
  const { designations, here } = await directoryOf(gateway);
  const now = gateway.now();
  const inCustody = designations.filter(
    (one) => one.gateway === here && one.custody === 'gateway' && inForce(one, now),
  );
  const held = await Promise.all(
    inCustody.map(async (one) => {
      const rows = await gateway.store.secrets.secretsInUse(one.focal_point, 'custody-key', now);
      return { slug: one.slug, count: rows.length };
    }),
  );
  return held
    .filter(({ count }) => count === 0)
    .map(({ slug }) =>
      failed(
        `the gateway has no key of ${slug}, whose keys it keeps`,
        `amanat keys rotate --focal-point ${slug}`,
      ),
    );
}

/** Other gateways are called under Ed25519 only. */
const relayFindings = ({ key }: Naming): readonly Finding[] =>
  key.alg === 'EdDSA'
    ? []
    : [
        failed(
          'the evidence key is not on Ed25519: nothing is relayed to other gateways, and there is no ledger',
          'amanat keys rotate --gateway makes one that is',
        ),
      ];
