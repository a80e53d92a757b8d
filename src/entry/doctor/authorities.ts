/** Certificates of authorities that statements in force are signed by: without one, its desks and agreements do not count. */
import { listNeededAuthorities, type NeededAuthority } from '../../flow/directory/authorities.ts';
import type { Judging } from '../../gateway-parts.ts';
import {
  type DoctorCheck,
  type DoctorFinding,
  type ExaminedGateway,
  reportFailed,
  reportFaultsOrOk,
} from './check.ts';

export const authoritiesCheck: DoctorCheck<ExaminedGateway> = {
  name: 'authorities',
  quick: true,
  examine: async ({ gateway }) =>
    reportFaultsOrOk(
      await findAuthorityFaults(gateway),
      'every statement in force is signed by an authority whose certificate is here and valid',
    ),
};

/** What is wrong with the certificates that a gateway has, as far as somebody needs them. */
export const findAuthorityFaults = async (gateway: Judging): Promise<readonly DoctorFinding[]> =>
  (await listNeededAuthorities(gateway)).map(findingOf);

const findingOf = ({ country, why, statements }: NeededAuthority): DoctorFinding =>
  reportFailed(
    why === 'missing'
      ? `no certificate of the authority of ${country} is here that ${statements} statements in force are signed by: they do not count`
      : `the certificate of the authority of ${country} is not valid now: ${statements} statements in force do not count`,
    `put ${why === 'missing' ? 'it' : 'its new one'} into certs/${country}/ of the home folder, and start the gateway again: these certificates are read at start only`,
  );
