/** Checks the signed statements, without which nothing is carried, and the endpoints that are off. */

import { isInForceAt } from '../../domain/party/designation.ts';
import { hasEndedForGood } from '../../domain/party/endpoint-life.ts';
import { readDirectory } from '../../flow/directory/directory.ts';
import { demoCountriesOf } from '../../seal/demo-anchors.ts';
import {
  type DoctorCheck,
  type DoctorFinding,
  type ExaminedGateway,
  reportFaultsOrOk,
  reportWarning,
} from './check.ts';

/** The first ten names of a list. */
const some = (all: readonly string[]): string =>
  `${all.slice(0, 10).join(', ')}${all.length > 10 ? ' and more' : ''}`;

/** How to give a focal point an endpoint, by channel. */
const ADD_ENDPOINT =
  'for an officer in Telegram: amanat officer link; for a mailbox or a system: amanat endpoint add; for an endpoint that is off: amanat endpoint enable ID';

/** Evidence in a version that this program cannot read yet. */
async function waitingAside({ store }: ExaminedGateway['gateway']): Promise<readonly DoctorFinding[]> {
  const count = await store.messages.asideCount();
  return count === 0
    ? []
    : [
        reportWarning(
          `evidence of other gateways that only a newer version of this program can read: ${count}`,
          'upgrade this gateway; it then reads that evidence, and the other gateways send the rest again',
        ),
      ];
}

const demosIn = ({ anchors }: ExaminedGateway['gateway']): readonly DoctorFinding[] =>
  demoCountriesOf(anchors).map((country) =>
    reportWarning(
      `the authority trusted for ${country} is a DEMO (not real)`,
      `put the certificate of the real authority into certs/${country}/, and delete this one`,
    ),
  );

export const statementsCheck: DoctorCheck<ExaminedGateway> = {
  name: 'statements',
  quick: false,
  examine: async ({ gateway, sql }) => {
    const directory = await readDirectory(gateway);
    const now = gateway.now();
    const { designations, agreements, gateways, endpoints, here } = directory;
    const say = (is: boolean, detail: string, todo: string): readonly DoctorFinding[] =>
      is ? [reportWarning(detail, todo)] : [];
    const own = gateways.find((one) => one.gateway === here && isInForceAt(one, now));
    const off = endpoints
      .filter((one) => !one.enabled && !hasEndedForGood(one) && one.waiting === undefined)
      .map(({ id }) => id);
    const reached = new Set(endpoints.filter((one) => one.enabled).map((one) => one.focalPoint));
    const unreached = designations
      .filter((one) => one.gateway === here && isInForceAt(one, now) && !reached.has(one.focal_point))
      .map((one) => one.slug);
    const [{ count: waiting } = { count: 0 }] = await sql<{ count: number }[]>`
      select count(distinct (message, party))::integer as count from delivery
      where channel = 'none' and state = 'queued'`;
    return reportFaultsOrOk(
      [
        ...say(
          !designations.some((one) => one.gateway === here && isInForceAt(one, now)),
          'no focal point of this gateway is in force',
          'amanat focal-point add, or amanat designation import FILE',
        ),
        ...say(
          !agreements.some((one) => isInForceAt(one, now)),
          'no agreement is in force: nothing is carried',
          'amanat agreement sign, or amanat agreement import FILE',
        ),
        ...say(
          own === undefined,
          'the gateway’s own designation is not imported: others cannot verify its exports',
          'amanat gateway draft, have it signed, amanat gateway import FILE',
        ),
        ...say(
          own !== undefined && !own.keys.signing.some(({ kid }) => kid === gateway.key.kid),
          'the gateway’s own designation does not list its evidence key: others refuse its evidence',
          'amanat gateway draft, have it signed, amanat gateway import FILE here and at the other gateways',
        ),
        ...say(
          off.length > 0,
          `endpoints are switched off: ${some(off)}`,
          'see the reason with amanat endpoint list; after the repair: amanat endpoint test ID',
        ),
        ...say(
          unreached.length > 0 && gateway.guard.state() === 'ready',
          `focal points without an endpoint in use, which nothing can reach: ${some(unreached)}`,
          ADD_ENDPOINT,
        ),
        ...say(
          waiting > 0,
          `messages that wait for an endpoint of their focal point: ${waiting}`,
          `amanat thread --open names the focal points; ${ADD_ENDPOINT}`,
        ),
        ...(await waitingAside(gateway)),
        ...demosIn(gateway),
      ],
      'the designations of the focal points and of the gateway, and the agreements, are in force',
    );
  },
};
