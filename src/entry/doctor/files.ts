/** Checks the home folder: who can read its secrets, and whether the disk has room. */
import { existsSync, readdirSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HomeFolder } from '../home/home.ts';
import {
  type DoctorCheck,
  type DoctorFinding,
  reportFailed,
  reportFaultsOrOk,
  reportWarning,
} from './check.ts';

const SECRET_FOLDERS: readonly string[] = ['secrets', 'authority'];
const MIB = 1_048_576;
/** Free bytes that warn and that fail: with the embedded database, and with a database elsewhere. */
const ROOM = { own: [1_024 * MIB, 128 * MIB], elsewhere: [128 * MIB, 32 * MIB] } as const;

export const filesCheck: DoctorCheck<HomeFolder> = {
  name: 'home',
  quick: true,
  examine: async ({ path, values }) =>
    reportFaultsOrOk(
      [
        ...SECRET_FOLDERS.flatMap((folder) => openFiles(path, folder)),
        ...writable(path),
        ...checkDiskRoom({ path, values }),
      ],
      'only their owner can read the secrets, the folder is writable, and the disk has room',
    ),
};

function openFiles(home: string, folder: string): readonly DoctorFinding[] {
  const path = join(home, folder);
  if (!existsSync(path)) return [];
  // Certificates are in the same folder as the authority's keys, and they are public.
  const names = readdirSync(path).filter((name) => !name.endsWith('.cert.pem'));
  const open = names.filter((name) => (statSync(join(path, name)).mode & 0o077) !== 0);
  // A folder that only its owner may enter protects its files.
  if (open.length === 0 || (statSync(path).mode & 0o077) === 0) return [];
  return [
    reportFailed(
      `other users may read ${open.length} files in ${folder}/`,
      `chmod 700 ${folder}; chmod 600 ${folder}/*; then replace the secrets that others may have read (amanat keys rotate)`,
    ),
  ];
}

/** The gateway writes the head of the operator's log there, and rotations write keys there. */
function writable(path: string): readonly DoctorFinding[] {
  const probe = join(path, `.probe.${process.pid}`);
  try {
    writeFileSync(probe, 'probe', { mode: 0o600 });
    return [];
  } catch (fault) {
    const code = fault instanceof Error && 'code' in fault ? String(fault.code) : 'unknown';
    return [
      reportWarning(
        `the home folder is not writable (${code}): the head of the operator’s log is kept in memory only`,
        'let the user of the gateway write there, or make room; keys cannot be rotated before that',
      ),
    ];
  } finally {
    rmSync(probe, { force: true });
  }
}

/** Finds a lack of room on the disk of a home folder. */
export function checkDiskRoom({ path, values }: HomeFolder): readonly DoctorFinding[] {
  const [little, tooLittle] = values['DATABASE_URL'] === undefined ? ROOM.own : ROOM.elsewhere;
  const { bavail, bsize } = statfsSync(path);
  const free = bavail * bsize;
  if (free >= little) return [];
  const detail = `the disk of the home folder has ${Math.floor(free / MIB)} MiB left`;
  const todo = 'make room: a full disk stops all messages';
  return [free < tooLittle ? reportFailed(detail, todo) : reportWarning(detail, todo)];
}
