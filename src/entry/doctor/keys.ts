/** Checks the keys: the gateway can sign, the current master key opens every secret, and every focal point in custody has its keys. */
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
        ? [
            reportWarning(
              'a rotation of the master key is not finished',
              'finish it with amanat keys rotate --master --finish',
            ),
          ]
        : []),
    ];
    // Before adoption no secret can be opened, although none is missing.
    if (gateway.guard.state() !== 'ready')
      return [reportSkipped('secrets are checked after the grants are in order'), ...others];
    return reportFaultsOrOk(
      [...(await secretFindings(gateway)), ...(await custodyFindings(gateway)), ...others],
      'the current master key opens every secret',
    );
  },
};

/** Opens each secret once: a secret that does not open now would not open either when a message needs it. */
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
            `this master key does not open ${counted.unreadable} secrets`,
            'put back the master key that belongs to this database (secrets/AMANAT_MASTER_KEY)',
          ),
        ]),
    ...(counted.old === 0
      ? []
      : [
          reportWarning(
            `${counted.old} secrets are still wrapped under the old master key`,
            'run amanat keys rotate --master again',
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
        `the gateway lacks a key of ${slug}, whose keys it must hold`,
        `amanat keys rotate --focal-point ${slug}`,
      ),
    );
}

/** Calls to other gateways need an Ed25519 key. */
const relayFindings = ({ key }: Naming): readonly DoctorFinding[] =>
  key.alg === 'EdDSA'
    ? []
    : [
        reportFailed(
          'the evidence key is not an Ed25519 key: nothing is relayed to other gateways, and there is no ledger',
          'make an Ed25519 key: amanat keys rotate --gateway',
        ),
      ];
