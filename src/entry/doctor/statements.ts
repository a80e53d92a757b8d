/** What authorities signed: without it nothing is carried. And the endpoints that are switched off. */
import { inForce } from '../../domain/party.ts';
import { directoryOf } from '../../flow/directory/directory.ts';
import { demoCountries } from '../../seal/demo-anchors.ts';
import { type Check, type Finding, orOk, type Patient, warning } from './check.ts';

export const statementsCheck: Check<Patient> = {
  name: 'statements',
  quick: false,
  examine: async ({ gateway }) => {
    const directory = await directoryOf(gateway);
    const now = gateway.now();
    const { designations, agreements, gateways, endpoints, here } = directory;
    const say = (is: boolean, detail: string, todo: string): readonly Finding[] =>
      is ? [warning(detail, todo)] : [];
    const own = gateways.find((one) => one.gateway === here && inForce(one, now));
    const off = endpoints.filter((one) => !one.enabled).map(({ id }) => id);
    return orOk(
      [
        ...say(
          !designations.some((one) => one.gateway === here && inForce(one, now)),
          'no focal point of this gateway is in force',
          'amanat focal-point add, or designation import',
        ),
        ...say(
          !agreements.some((one) => inForce(one, now)),
          'no agreement is in force: nothing is carried',
          'amanat agreement sign, or agreement import',
        ),
        ...say(
          own === undefined,
          'the gateway’s own designation was not imported: exports cannot be verified by others',
          'gateway draft, have it signed, gateway import',
        ),
        ...say(
          own !== undefined && !own.keys.signing.some(({ kid }) => kid === gateway.key.kid),
          'the gateway’s own designation does not list its evidence key: others refuse what it signs',
          'gateway draft, have it signed, gateway import, at the other gateways too',
        ),
        ...say(
          off.length > 0,
          `endpoints are switched off: ${off.slice(0, 10).join(', ')}${off.length > 10 ? ' and more' : ''}`,
          'see why with amanat endpoint list, and switch them on again',
        ),
        ...demoCountries(gateway.anchors).map((country) =>
          warning(
            `the authority trusted for ${country} is a DEMO (not real)`,
            `put the certificate of the real one into certs/${country}/, and take this one out`,
          ),
        ),
      ],
      'focal points, agreements and the gateway itself are designated and in force',
    );
  },
};
