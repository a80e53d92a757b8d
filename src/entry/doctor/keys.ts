/** Keys: the gateway's own signs, every secret opens under the present master key, every desk in custody has its keys. */
import { isInForceAt } from '../../domain/party/designation.ts';
import { readDirectory } from '../../flow/directory/directory.ts';
import type { Judging, Naming, Unsealing } from '../../gateway-parts.ts';
import { masterKeyIdOf, unwrapSecret } from '../../seal/custody.ts';
import { isMasterRotating } from '../home/master-rotation.ts';
import {
  type DoctorCheck,
  type DoctorFinding,
  type ExaminedGateway,
  reportFailed,
  reportFaultsOrOk,
  reportSkipped,
  reportWarning,
} from './check.ts';

const PAGE = 500;

export const keysCheck: DoctorCheck<ExaminedGateway> = {
  name: 'keys',
  quick: true,
  examine: async ({ gateway, home }) => {
    const others = [
      ...relayFindings(gateway),
      ...(isMasterRotating(home.path)
        ? [reportWarning('a rotation of the master key is under way', 'amanat keys rotate --master ends it')]
        : []),
    ];
    // Secrets that are not granted yet open under no key, and none of them is missing.
    if (gateway.guard.state() !== 'ready')
      return [reportSkipped('secrets are looked at once the grants are in order'), ...others];
    return reportFaultsOrOk(
      [...(await secretFindings(gateway)), ...(await custodyFindings(gateway)), ...others],
      'every secret opens under the present master key',
    );
  },
};

/** Each secret is opened and let go of: what does not open now would not open when a message waits for it. */
async function secretFindings({ store, master }: Unsealing): Promise<readonly DoctorFinding[]> {
  const counted = { old: 0, unreadable: 0 };
  let place: string | undefined = '0';
  while (place !== undefined) {
    const page: Awaited<ReturnType<typeof store.secrets.secretPage>> = await store.secrets.secretPage(
      place,
      PAGE,
    );
    for (const { row } of page) {
      const opens = await unwrapSecret(master, row, row.wrapped).then(
        () => true,
        () => false,
      );
      if (!opens) counted.unreadable += 1;
      else if (masterKeyIdOf(row.wrapped) !== master.id) counted.old += 1;
    }
    place = page.at(-1)?.place;
  }
  return [
    ...(counted.unreadable === 0
      ? []
      : [
          reportFailed(
            `${counted.unreadable} secrets do not open under this master key`,
            'put back the master key that belongs to this database (secrets/AMANAT_MASTER_KEY)',
          ),
        ]),
    ...(counted.old === 0
      ? []
      : [
          reportWarning(
            `${counted.old} secrets are still wrapped under the master key before`,
            'run amanat keys rotate --master to its end',
          ),
        ]),
  ];
}

async function custodyFindings(gateway: Judging): Promise<readonly DoctorFinding[]> {
  const { designations, here } = await readDirectory(gateway);
  const now = gateway.now();
  const inCustody = designations.filter(
    (one) => one.gateway === here && one.custody === 'gateway' && isInForceAt(one, now),
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
      reportFailed(
        `the gateway has no key of ${slug}, whose keys it keeps`,
        `amanat keys rotate --focal-point ${slug}`,
      ),
    );
}

/** Other gateways are called under Ed25519 only. */
const relayFindings = ({ key }: Naming): readonly DoctorFinding[] =>
  key.alg === 'EdDSA'
    ? []
    : [
        reportFailed(
          'the evidence key is not on Ed25519: nothing is relayed to other gateways, and there is no ledger',
          'amanat keys rotate --gateway makes one that is',
        ),
      ];
