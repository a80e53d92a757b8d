/** Commands in a separate mount namespace (util-linux `unshare`), in which some folders are empty. */
import { spawnSync } from 'node:child_process';

const SCRIPT =
  'while [ "$1" != -- ]; do if [ -d "$1" ]; then mount -t tmpfs none "$1" || exit 9; fi; shift; done; shift; exec "$@"';

/** The words before a command that make these folders empty for it. */
export const commandHiding = (folders: readonly string[]): readonly string[] => [
  ...['unshare', '-m', 'sh', '-c', SCRIPT, 'sh'],
  ...folders,
  '--',
];

/** Whether this user may hide a folder: root may, but for most containers. */
export function canHide(): boolean {
  const [command = '', ...words] = commandHiding(['/usr/share/fonts']);
  return spawnSync(command, [...words, 'true']).status === 0;
}
