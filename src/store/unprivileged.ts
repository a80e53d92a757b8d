/** Who the embedded server runs as. PostgreSQL refuses root; a plain user runs it as itself. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Refusal } from '../domain/error.ts';

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

const CANDIDATES = ['nobody', 'postgres', 'daemon'];

/**
 * The account to drop to, undefined where this process is no root. Data that is there already decides: its owner
 * goes on serving it.
 * @throws Refusal `configuration` where root owns the data, or the machine has no account to drop to
 */
export function unprivileged(dataDir: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = existsSync(dataDir) ? statSync(dataDir) : undefined;
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  if (owner)
    throw new Refusal(
      'configuration',
      'the data directory belongs to root; choose one that is not there yet',
    );
  const accounts = existsSync('/etc/passwd')
    ? readFileSync('/etc/passwd', 'utf8')
        .split('\n')
        .map((line) => line.split(':'))
    : [];
  const found = CANDIDATES.map((name) => accounts.find((fields) => fields[0] === name)).find(
    (fields) => fields !== undefined,
  );
  if (!found)
    throw new Refusal(
      'configuration',
      `PostgreSQL does not run as root and there is no account ${CANDIDATES.join(' or ')}`,
    );
  return { uid: Number(found[2]), gid: Number(found[3]) };
}

/** Whether the account may enter a folder and all above it, by their modes; access lists are not looked at. */
export function canEnter(folder: string, account: Account): boolean {
  const { mode, uid, gid } = statSync(folder);
  const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
  if ((mode & bit) === 0) return false;
  return dirname(folder) === folder || canEnter(dirname(folder), account);
}

/** @throws Refusal `configuration` that says what to do, where the account may not enter the folder */
export function checkEntrance(folder: string, account: Account, what: string): void {
  if (canEnter(folder, account)) return;
  throw new Refusal(
    'configuration',
    `${what} lies below a folder that the unprivileged user PostgreSQL runs as may not enter; choose another place for it, or start the gateway as a plain user`,
  );
}
