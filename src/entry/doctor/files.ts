/** The home folder: who may read its secrets, and whether the disk has room. */
import { existsSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Home } from '../home.ts';
import { type Check, type Finding, failed, orOk, warning } from './check.ts';

const SECRET_FOLDERS: readonly string[] = ['secrets', 'authority'];
const MIB = 1_048_576;
const [LITTLE, TOO_LITTLE] = [1_024 * MIB, 128 * MIB];

export const filesCheck: Check<Home> = {
  name: 'home',
  quick: true,
  examine: async ({ path }) =>
    orOk(
      [...SECRET_FOLDERS.flatMap((folder) => openFiles(path, folder)), ...roomOn(path)],
      'secrets are readable by their owner only, and the disk has room',
    ),
};

function openFiles(home: string, folder: string): readonly Finding[] {
  const path = join(home, folder);
  if (!existsSync(path)) return [];
  // Certificates lie beside the authority's keys, and are for everybody.
  const names = readdirSync(path).filter((name) => !name.endsWith('.cert.pem'));
  const open = names.filter((name) => (statSync(join(path, name)).mode & 0o077) !== 0);
  // A folder that only its owner may enter protects what lies in it.
  if (open.length === 0 || (statSync(path).mode & 0o077) === 0) return [];
  return [
    failed(
      `others than their owner may read ${open.length} of the files in ${folder}/`,
      `chmod 700 ${folder}; chmod 600 ${folder}/*; then replace what others may have read (amanat keys rotate)`,
    ),
  ];
}

function roomOn(path: string): readonly Finding[] {
  const { bavail, bsize } = statfsSync(path);
  const free = bavail * bsize;
  if (free >= LITTLE) return [];
  const detail = `the disk of the home folder has ${Math.floor(free / MIB)} MiB left`;
  const todo = 'make room: a full disk stops every message';
  return [free < TOO_LITTLE ? failed(detail, todo) : warning(detail, todo)];
}
