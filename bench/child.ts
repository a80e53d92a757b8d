/** Child processes of the bench. Each reports its address, and then executes one command at a time. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The commands for a child. It answers each with the same word. */
export type ChildCommand = 'start-loop' | 'stop-loop' | 'stop';
export type ChildMessage = { readonly port: number } | { readonly done: ChildCommand };

export interface ChildProcessHandle {
  /** The origin of its address, on loopback. */
  readonly origin: string;
  /** Resolves when the child has executed the command. */
  tell(word: ChildCommand): Promise<void>;
}

export interface ChildStart {
  readonly env: Readonly<Record<string, string>>;
  /** Folder for a CPU profile of the whole run. */
  readonly profile?: string | undefined;
}

/** Starts a file of this folder as a separate process. It ends with this process, because its channel closes. */
export async function startChild(file: string, { env, profile }: ChildStart): Promise<ChildProcessHandle> {
  const execArgv = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
    env: { ...process.env, ...env },
    execArgv,
  });
  const first = await answer(child);
  if (!('port' in first)) throw new Error(`${file} did not say where it listens`);
  return {
    origin: `http://127.0.0.1:${first.port}`,
    async tell(word) {
      const answered = answer(child);
      child.send(word);
      await answered;
      if (word === 'stop' && child.exitCode === null) await once(child, 'exit');
    },
  };
}

async function answer(child: ChildProcess): Promise<ChildMessage> {
  const ended = new AbortController();
  const exited = once(child, 'exit', { signal: ended.signal }).then(([code]): never => {
    throw new Error(`a child of the bench ended with ${code}`);
  });
  const said = once(child, 'message', { signal: ended.signal }).then(
    ([answered]) => answered as ChildMessage,
  );
  exited.catch(() => {});
  said.catch(() => {});
  return Promise.race([said, exited]).finally(() => ended.abort());
}

/** The child's side: reports its address and executes each command in turn. It ends when its parent is gone. */
export function listenToParent(port: number, act: (word: ChildCommand) => Promise<void>): void {
  const say = (answered: ChildMessage): void => void process.send?.(answered);
  process.on('disconnect', () => process.exit());
  process.on('message', async (word: ChildCommand) => {
    await act(word);
    say({ done: word });
    if (word === 'stop') process.disconnect();
  });
  say({ port });
}
