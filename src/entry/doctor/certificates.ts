/** Checks everything that expires and then stops traffic. */
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

/** Warn so many days before the end. */
const SOON = 60;
/** Days after the end; nobody renews it after that, so it is no longer reported. */
const FORGOTTEN = 30;

/** How each kind is renewed. */
const ADVICE: Readonly<Record<string, string>> = {
  designation: 'have its authority sign it again: designation draft, sign, import',
  agreement: 'have both authorities sign its next version: agreement draft --like, sign, import',
  gateway: 'have its authority sign it again: gateway draft, sign, import',
  anchor: 'put the authority’s new certificate beside the old one in certs/<country>/',
  'mail-certificate': 'set a new one as AMANAT_MAIL_CERTIFICATE and AMANAT_MAIL_KEY, and restart the gateway',
  'endpoint-certificate': 'ask the focal point for its new certificate, and set it with amanat endpoint set',
  'revocation-list': 'get the authority’s newest list',
};

export const certificatesCheck: DoctorCheck<ExaminedGateway> = {
  name: 'certificates',
  quick: true,
  examine: async ({ gateway }) => {
    const now = gateway.now();
    return reportFaultsOrOk(
      (await listEndings(gateway)).flatMap((one) => findingOf(one, now)),
      `nothing expires within ${SOON} days`,
    );
  },
};

function findingOf({ what, name, until }: Ending, now: Date): readonly DoctorFinding[] {
  const days = daysUntil(until, now);
  const todo = ADVICE[what] ?? 'renew it';
  if (days < -FORGOTTEN || (days >= SOON && what !== 'revocation-list')) return [];
  if (days < 0)
    return [reportFailed(`${what} ${name} expired on ${until.toISOString().slice(0, 10)} (UTC)`, todo)];
  // No warning: a CA publishes the next list only shortly before the old one expires.
  return what === 'revocation-list' ? [] : [reportWarning(`${what} ${name} expires in ${days} days`, todo)];
}
