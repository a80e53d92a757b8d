/** What authorities signed: without it nothing is carried. And the endpoints that are switched off. */

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

/** The first ten of a list. */
const some = (all: readonly string[]): string =>
  `${all.slice(0, 10).join(', ')}${all.length > 10 ? ' and more' : ''}`;

/** What gives a desk a way, by the channel. */
const A_WAY =
  'for an officer in Telegram: amanat officer link; for a mailbox or a system: amanat endpoint add; for one that is out of use: amanat endpoint enable ID';

/** Evidence that this program cannot read yet. */
async function waitingAside({ store }: ExaminedGateway['gateway']): Promise<readonly DoctorFinding[]> {
  const count = await store.messages.asideCount();
  return count === 0
    ? []
    : [
        reportWarning(
          `evidence of other gateways waits for a newer program here: ${count}`,
          'upgrade this gateway; what waits is taken then, and what it came with comes again',
        ),
      ];
}

const demosIn = ({ anchors }: ExaminedGateway['gateway']): readonly DoctorFinding[] =>
  demoCountriesOf(anchors).map((country) =>
    reportWarning(
      `the authority trusted for ${country} is a DEMO (not real)`,
      `put the certificate of the real one into certs/${country}/, and take this one out`,
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
          'the gateway’s own designation was not imported: exports cannot be verified by others',
          'amanat gateway draft, have it signed, amanat gateway import FILE',
        ),
        ...say(
          own !== undefined && !own.keys.signing.some(({ kid }) => kid === gateway.key.kid),
          'the gateway’s own designation does not list its evidence key: others refuse what it signs',
          'amanat gateway draft, have it signed, amanat gateway import, at the other gateways too',
        ),
        ...say(
          off.length > 0,
          `endpoints are switched off: ${some(off)}`,
          'see why with amanat endpoint list; once mended: amanat endpoint test ID',
        ),
        ...say(
          unreached.length > 0 && gateway.guard.state() === 'ready',
          `desks have no endpoint in use, so nothing reaches them: ${some(unreached)}`,
          A_WAY,
        ),
        ...say(
          waiting > 0,
          `messages wait for a way to their desk: ${waiting}`,
          `amanat thread --open names the desks; ${A_WAY}`,
        ),
        ...(await waitingAside(gateway)),
        ...demosIn(gateway),
      ],
      'focal points, agreements and the gateway itself are designated and in force',
    );
  },
};
