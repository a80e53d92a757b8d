/** Published test vectors, read from their place. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The folder of one vector set, or undefined where it is not there; a test then says so and skips. */
export function findVectors(name: string): string | undefined {
  const root = resolve(import.meta.dirname, '../..', process.env['AMANAT_VECTORS'] ?? '../shared/vectors');
  const folder = join(root, name);
  return existsSync(folder) ? folder : undefined;
}
