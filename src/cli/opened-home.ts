/** The gateway of the home folder, opened for one command, with the authorities whose keys are in that folder. */

import type { Designation } from '../domain/party/designation.ts';
import { Refusal } from '../domain/words/error.ts';
import { type HomeFolder, readAuthority, readHome } from '../entry/home/home.ts';
import type { OpenedGateway } from '../entry/node.ts';
import { type Directory, findDesignation, readDirectory } from '../flow/directory/directory.ts';
import { silentLog } from '../log.ts';
import {
  type AuthorityKey,
  importAuthorityKey as importKey,
  readAuthorityJwk,
} from '../seal/authority-key.ts';
import { showProgress } from './output.ts';
import type { Terminal } from './terminal.ts';

export interface OpenedHome extends Pick<OpenedGateway, 'gateway'> {
  readonly home: HomeFolder;
}

/**
 * Opens the gateway for `work` and closes it afterwards. If the gateway runs with its embedded database, the command uses
 * the database of that process.
 */
export async function withOpenedHome<T>(
  terminal: Terminal,
  work: (opened: OpenedHome) => Promise<T>,
): Promise<T> {
  const home = readHome(terminal.home, terminal.env);
  // Loaded here, because commands without a gateway, such as `verify`, need no database and no server.
  const { openGateway } = await import('../entry/node.ts');
  const opened = await showProgress(terminal, 'Opening the database', () =>
    openGateway(home, silentLog, { shared: true, operator: terminal.operator }),
  );
  try {
    return await work({ gateway: opened.gateway, home });
  } finally {
    await opened.close();
  }
}

/** Loads the signing key of an authority that this home folder made. @throws Refusal `configuration` */
export const loadAuthorityKey = (home: string, country: string): Promise<AuthorityKey> =>
  importKey(readAuthorityJwk(readAuthority(home, country)));

/** Finds a focal point by its slug or DID. @throws Refusal `unknown-recipient` */
export async function findFocalPoint(
  { gateway }: Pick<OpenedHome, 'gateway'>,
  party: string,
): Promise<{ readonly designation: Designation; readonly directory: Directory }> {
  const directory = await readDirectory(gateway, [party]);
  const designation = findDesignation(directory, party);
  if (designation === undefined)
    throw new Refusal('unknown-recipient', 'there is no such focal point; see "amanat focal-point list"');
  return { designation, directory };
}
