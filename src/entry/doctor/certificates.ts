/** Everything that ends by itself and stops traffic when it does. */
import { daysUntil, type Ending } from '../../domain/words/ending.ts';
import { listEndings } from '../../flow/directory/expiry.ts';
import {
  type DoctorCheck,
  type DoctorFinding,
  type ExaminedGateway,
  reportFailed,
  reportFaultsOrOk,
  reportWarning,
} from './check.ts';

/** Days. */
const SOON = 60;
/** What ended so long ago has been let go of. */
const FORGOTTEN = 30;

/** How each kind is renewed. */
const ADVICE: Readonly<Record<string, string>> = {
  designation: 'have its authority sign it again: designation draft, sign, import',
  agreement: 'have both authorities sign its next version: agreement draft --like, sign, import',
  gateway: 'have its authority sign it again: gateway draft, sign, import',
  anchor: 'put the authority’s new certificate beside it, into certs/<country>/',
  'mail-certificate':
    'set a new one as AMANAT_MAIL_CERTIFICATE and AMANAT_MAIL_KEY, and start the gateway again',
  'endpoint-certificate': 'ask the desk for its new certificate, and set it at the endpoint',
  'revocation-list': 'fetch the authority’s newest list',
};

export const certificatesCheck: DoctorCheck<ExaminedGateway> = {
  name: 'certificates',
  quick: true,
  examine: async ({ gateway }) => {
    const now = gateway.now();
    return reportFaultsOrOk(
      (await listEndings(gateway)).flatMap((one) => findingOf(one, now)),
      `nothing ends within ${SOON} days`,
    );
  },
};

function findingOf({ what, name, until }: Ending, now: Date): readonly DoctorFinding[] {
  const days = daysUntil(until, now);
  const todo = ADVICE[what] ?? 'renew it';
  if (days < -FORGOTTEN || (days >= SOON && what !== 'revocation-list')) return [];
  if (days < 0)
    return [reportFailed(`${what} ${name} ended on ${until.toISOString().slice(0, 10)} (UTC)`, todo)];
  // The next list is made shortly before it is due.
  return what === 'revocation-list' ? [] : [reportWarning(`${what} ${name} ends in ${days} days`, todo)];
}
