/** Flags whose values must fit the domain's schemas, and questions at the terminal for missing flags. */
import { confirm, isCancel, password, select, text } from '@clack/prompts';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { present } from '../domain/words/present.ts';
import { describeIssue } from '../domain/words/schema-faults.ts';
import { makeInterruption, makeUsageFailure } from '../entry/failure.ts';
import type { Terminal } from './terminal.ts';

/** The part of a zod schema that a flag needs. */
interface Schema<T> {
  safeParse(
    value: unknown,
    params: { readonly error: typeof describeIssue },
  ):
    | { readonly success: true; readonly data: T }
    | {
        readonly success: false;
        readonly error: { readonly issues: readonly { readonly message: string }[] };
      };
}

/** Makes a parser of one value from a schema. It throws InvalidArgumentError with the schema's message. */
export function makeParser<T>(schema: Schema<T>): (value: string) => T {
  return (value) => {
    const result = schema.safeParse(value, { error: describeIssue });
    if (result.success) return result.data;
    throw new InvalidArgumentError(result.error.issues[0]?.message ?? 'not in the required form');
  };
}

/** Makes an option whose value `read` parses. */
export const makeFlag = (flags: string, description: string, read: (value: string) => unknown): Option =>
  new Option(flags, description).argParser(read);

/** Makes an option that may be given several times; `read` parses each value. */
export const makeRepeatedFlag = (
  flags: string,
  description: string,
  read: (value: string) => unknown = String,
): Option =>
  new Option(flags, `${description} (repeatable)`).argParser(
    (value: string, before: unknown[] | undefined) => [...(before ?? []), read(value)],
  );

/** Makes a parser of whole numbers within bounds, both included. */
export const makeWholeNumberParser =
  (least: number, most: number) =>
  (value: string): number => {
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`must be a whole number from ${least} to ${most}`);
  };

/** What to ask a person when a flag is missing. */
export interface FlagQuestion {
  /** The flag's name in commander's options, in camel case. */
  readonly name: string;
  readonly message: string;
  readonly placeholder?: string;
  /** The answer is not shown while it is typed. */
  readonly secret?: boolean;
  /** The answer may be empty; in a script the flag may be missing. */
  readonly optional?: boolean;
}

/**
 * Completes the command's flags: asks for missing ones at a terminal, and fails in a script.
 * @throws Failure `usage`, which names every missing flag; `interrupted`
 */
export async function completeFlags<T extends object>(
  command: Command,
  terminal: Terminal,
  questions: readonly FlagQuestion[],
): Promise<T> {
  const given: Record<string, unknown> = command.opts();
  const missing = questions.filter((one) => given[one.name] === undefined);
  if (!terminal.interactive) {
    const needed = missing.filter((one) => !one.optional).map((one) => optionOf(command, one.name).long);
    if (needed.length > 0) throw makeUsageFailure(`missing: ${needed.join(', ')}`);
    return given as T;
  }
  const answers: Record<string, unknown> = {};
  for (const one of missing) {
    const value = await ask(optionOf(command, one.name), one);
    if (value !== undefined) answers[one.name] = value;
  }
  return { ...given, ...answers } as T;
}

function optionOf(command: Command, name: string): Option {
  const found = command.options.find((one) => one.attributeName() === name);
  if (found === undefined) throw new Error(`there is no flag for ${name}`);
  return found;
}

async function ask(option: Option, question: FlagQuestion): Promise<unknown> {
  const { message, placeholder, optional } = question;
  const output = process.stderr;
  if (option.argChoices !== undefined) {
    const options = option.argChoices.map((value) => ({ value }));
    return answered(await select({ message, options, output }));
  }
  const read = (typed: string | undefined) => readAnswer(option, typed ?? '');
  const validate = (typed: string | undefined): string | undefined => {
    if ((typed ?? '') === '') return optional ? undefined : 'A value is needed.';
    try {
      read(typed);
      return undefined;
    } catch (fault) {
      return fault instanceof InvalidArgumentError ? fault.message : 'This value is not valid.';
    }
  };
  const typed = answered(
    question.secret
      ? await password({ message, validate, output })
      : await text({ message, validate, output, ...present({ placeholder }) }),
  );
  return typed === '' || typed === undefined ? undefined : read(typed);
}

/** Parses a typed answer as the flag does. For a repeatable flag, `;` separates the values. */
function readAnswer(option: Option, typed: string): unknown {
  const parse = option.parseArg as ((value: string, before: unknown) => unknown) | undefined;
  if (parse === undefined) return typed;
  if (!option.description.endsWith('(repeatable)')) return parse(typed, undefined);
  const values = typed.split(';').map((one) => one.trim());
  return values.reduce<unknown>((before, value) => parse(value, before), undefined);
}

/** @throws Failure `interrupted` where the person cancelled the question */
function answered<T>(value: T): Exclude<T, symbol> {
  if (isCancel(value)) throw makeInterruption();
  return value as Exclude<T, symbol>;
}

/** Asks for a new password at the terminal. @throws Failure `usage` in a script */
export async function askPassword(terminal: Terminal, message: string, instead: string): Promise<string> {
  if (!terminal.interactive) throw makeUsageFailure(`missing: ${instead}`);
  return answered(await password({ message, output: process.stderr }));
}

/** Asks for a yes; any other answer ends the command. */
export async function askYes(message: string): Promise<void> {
  if (!answered(await confirm({ message, initialValue: false, output: process.stderr })))
    throw makeInterruption();
}
