/** Where a command runs: its home folder, its environment, and whether a person types. Taken from the process here. */

import { userInfo } from 'node:os';
import type { Command } from 'commander';
import type { SettingValues } from '../config/settings.ts';
import { operatorHandleSchema } from '../domain/evidence/operator-act.ts';
import { describeIssue } from '../domain/words/schema-faults.ts';
import { type ChanceSource, chance } from '../entry/chance.ts';
import { makeUsageFailure } from '../entry/failure.ts';
import { findHomePath } from '../entry/home/home.ts';

export interface Terminal {
  readonly env: SettingValues;
  /** The home folder that is meant; there may be none yet. */
  readonly home: string;
  /** One JSON document in place of lines for a person. */
  readonly json: boolean;
  /** A person can be asked: both ends are a terminal and JSON was not asked for. */
  readonly interactive: boolean;
  /** Whose command it is, by a handle: what it does is recorded under it. */
  readonly operator: string;
  readonly now: () => Date;
  readonly chance: ChanceSource;
}

interface GlobalFlags {
  readonly home?: string;
  readonly json?: boolean;
  readonly operator?: string;
}

/**
 * The handle of whoever types: `AMANAT_OPERATOR`, else the name of the account of this machine, as far as a handle can hold it.
 * @throws Failure `usage` where `AMANAT_OPERATOR` is no handle
 */
function operatorOf(env: SettingValues): string {
  const named = env['AMANAT_OPERATOR'];
  if (named !== undefined) {
    const read = operatorHandleSchema.safeParse(named, { error: describeIssue });
    if (!read.success)
      throw makeUsageFailure(`AMANAT_OPERATOR: ${read.error.issues[0]?.message ?? 'not a handle'}`);
    return read.data;
  }
  const account = accountName()
    .replaceAll(/[^A-Za-z0-9._-]/g, '-')
    .slice(0, 40);
  return operatorHandleSchema.safeParse(account).success ? account : `uid-${process.getuid?.() ?? 0}`;
}

/** A process may run under a number that has no name. */
function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}

/** The terminal of a command, after its flags were read. */
export function terminalOf(command: Command): Terminal {
  const { home, json = false, operator } = command.optsWithGlobals<GlobalFlags>();
  return {
    env: process.env,
    home: findHomePath(home, process.env),
    json,
    interactive: !json && process.stdin.isTTY === true && process.stderr.isTTY === true,
    operator: operator ?? operatorOf(process.env),
    now: () => new Date(),
    chance,
  };
}
