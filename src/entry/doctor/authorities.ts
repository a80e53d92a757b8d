/** Checks the certificates of the authorities that signed statements in force. Without a certificate these statements have no effect. */
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
      'the certificate of every authority that signed a statement in force is here and valid',
    ),
};

/** Finds missing and invalid certificates of authorities that signed statements in force. */
export const findAuthorityFaults = async (gateway: Judging): Promise<readonly DoctorFinding[]> =>
  (await listNeededAuthorities(gateway)).map(findingOf);

const findingOf = ({ country, why, statements }: NeededAuthority): DoctorFinding =>
  reportFailed(
    why === 'missing'
      ? `the certificate of the authority of ${country} is missing: ${statements} statements in force that it signed have no effect`
      : `the certificate of the authority of ${country} is not valid now: ${statements} statements in force that it signed have no effect`,
    `put ${why === 'missing' ? 'it' : 'the new one'} into certs/${country}/ of the home folder, and restart the gateway: it reads these certificates only at the start`,
  );
