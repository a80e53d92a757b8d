/**
 * Chooses the user of the embedded server. PostgreSQL refuses to run as root; a plain user runs it as itself. Under root it gets a
 * user id that no other program has, because a program with the same user is its superuser and can read its files.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Refusal } from '../../domain/words/error.ts';

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Two accounts for one server that root starts. */
export interface Accounts {
  /** Runs the server and owns its data. */
  readonly server: Account;
  /** Runs `initdb`, which needs a user with a name; its group is the server's own. */
  readonly maker: Account;
  /** Whether the machine has no free id, so that other programs may run as the same user. */
  readonly isShared: boolean;
}

const CANDIDATES: readonly string[] = ['nobody', 'postgres', 'daemon'];

/** Ids that systemd leaves unused (its document UIDS-GIDS), below those of containers and of dynamic users. */
const OWN = { first: 60_706, count: 478 } as const;

/**
 * Finds the accounts to switch to; undefined if this process is not root. The owner of existing data stays the server's user,
 * except where a gateway under root once gave the data to a user of other programs.
 * @throws Refusal `configuration` where root owns the data, or the machine has no suitable account
 */
export function findServerAccounts(dataDir: string): Accounts | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = existsSync(dataDir) ? statSync(dataDir) : undefined;
  if (owner?.uid === 0)
    throw new Refusal(
      'configuration',
      'the data directory belongs to root; choose one that does not exist yet',
    );
  if (owner && !isGivenAway(dataDir, owner.uid)) {
    const server = { uid: owner.uid, gid: owner.gid };
    return { server, maker: server, isShared: false };
  }
  const shared = sharedAccount();
  const own = ownId(dataDir);
  if (own === undefined) return { server: shared, maker: shared, isShared: true };
  return { server: { uid: own, gid: own }, maker: { uid: shared.uid, gid: own }, isShared: false };
}

/** Whether a gateway under root gave the data to an account that other programs also use. */
function isGivenAway(dataDir: string, uid: number): boolean {
  const isCandidate = accounts().some((one) => one.uid === uid && CANDIDATES.includes(one.name));
  // A gateway that itself runs as that user also owns its home folder.
  return isCandidate && statSync(dirname(dataDir)).uid === 0;
}

/** A free user id, always the same for the same directory; undefined if this machine has no such ids. */
function ownId(dataDir: string): number | undefined {
  const taken = new Set([...accounts().flatMap(({ uid, gid }) => [uid, gid]), ...groups(), ...running()]);
  const start = createHash('sha256').update(dataDir).digest().readUInt32BE(0);
  for (let n = 0; n < OWN.count; n++) {
    const id = OWN.first + ((start + n) % OWN.count);
    if (!taken.has(id)) return ['uid', 'gid'].every((kind) => isMapped(kind, id)) ? id : undefined;
  }
  return undefined;
}

/** A container may have fewer ids than a machine (user_namespaces(7)). */
function isMapped(kind: string, id: number): boolean {
  const map = linesOf(`/proc/self/${kind}_map`);
  return (
    map.length === 0 ||
    map.some((line) => {
      const [first = 0, , count = 0] = line.trim().split(/\s+/).map(Number);
      return id >= first && id < first + count;
    })
  );
}

interface Named extends Account {
  readonly name: string;
}

const accounts = (): readonly Named[] =>
  linesOf('/etc/passwd').map((line) => {
    const [name = '', , uid, gid] = line.split(':');
    return { name, uid: Number(uid), gid: Number(gid) };
  });

const groups = (): readonly number[] => linesOf('/etc/group').map((line) => Number(line.split(':')[2]));

/** Users of the processes that run now. */
function running(): readonly number[] {
  if (!existsSync('/proc/self')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [statSync(`/proc/${pid}`).uid];
      } catch {
        // The process ended meanwhile.
        return [];
      }
    });
}

const linesOf = (file: string): readonly string[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : [];

function sharedAccount(): Account {
  const all = accounts();
  const found = CANDIDATES.map((name) => all.find((one) => one.name === name)).find(
    (one) => one !== undefined,
  );
  if (!found)
    throw new Refusal(
      'configuration',
      `PostgreSQL does not run as root and there is no account ${CANDIDATES.join(' or ')}`,
    );
  return { uid: found.uid, gid: found.gid };
}

/** Whether the account may enter a folder and all above it, by their modes; ignores access control lists. */
export const canEnter = (folder: string, account: Account): boolean =>
  closedFolder(folder, account) === undefined;

/** The lowest folder, of this one and all above it, that the account cannot enter. */
function closedFolder(folder: string, account: Account): string | undefined {
  const { mode, uid, gid } = statSync(folder);
  const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
  if ((mode & bit) === 0) return folder;
  return dirname(folder) === folder ? undefined : closedFolder(dirname(folder), account);
}

/** @throws Refusal `configuration`, which says what to do, where the account cannot enter the folder */
export function checkEntrance(folder: string, account: Account, what: string): void {
  const closed = closedFolder(folder, account);
  if (closed === undefined) return;
  throw new Refusal(
    'configuration',
    `${what} is below a folder that the unprivileged user of PostgreSQL cannot enter: ${closed}; allow it (chmod o+x), choose another place, or start the gateway as a plain user`,
  );
}
