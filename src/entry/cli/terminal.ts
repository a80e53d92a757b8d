/** Where a command runs: its home folder, its environment, and whether a person types. Taken from the process here. */
import type { Command } from 'commander';
import type { Values } from '../../config.ts';
import { type Chance, chance } from '../chance.ts';
import { homePath } from '../home.ts';

export interface Terminal {
  readonly env: Values;
  /** The home folder that is meant; there may be none yet. */
  readonly home: string;
  /** One JSON document in place of lines for a person. */
  readonly json: boolean;
  /** A person can be asked: both ends are a terminal and JSON was not asked for. */
  readonly interactive: boolean;
  readonly now: () => Date;
  readonly chance: Chance;
}

/** The terminal of a command, after its flags were read. */
export function terminalOf(command: Command): Terminal {
  const { home, json = false } = command.optsWithGlobals<{ home?: string; json?: boolean }>();
  return {
    env: process.env,
    home: homePath(home, process.env),
    json,
    interactive: !json && process.stdin.isTTY === true && process.stderr.isTTY === true,
    now: () => new Date(),
    chance,
  };
}
