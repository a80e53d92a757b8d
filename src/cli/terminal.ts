/** Where a command runs: its home folder, its environment, and whether a person can be asked. Only this file reads the process. */

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
  /** The path of the home folder, which may not exist yet. */
  readonly home: string;
  /** Whether to print one JSON document instead of lines for a person. */
  readonly json: boolean;
  /** Whether a person can be asked: input and output are a terminal, and `json` is false. */
  readonly interactive: boolean;
  /** The handle of the person who runs the command; the operator's log records it. */
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
 * The operator's handle: `AMANAT_OPERATOR`, else the name of the account on this machine if it is a valid handle, else its number.
 * @throws Failure `usage` where `AMANAT_OPERATOR` is not a valid handle
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

/** The name of the account; empty if the process runs under a number without a name. */
function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}

/** Makes the terminal of a command, after its flags were parsed. */
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
