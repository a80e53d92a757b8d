/** Calls a gateway's API, as a partner's system does. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { JSON_BOUNDS } from '../domain/message/json-bounds.ts';
import { PROBLEMS, type ProblemCode, problemType, Refusal } from '../domain/words/error.ts';
import { readBounded } from '../domain/words/read-bounded.ts';
import { exitOfStatus } from '../entry/exit.ts';
import { CommandFailure, makeUsageFailure } from '../entry/failure.ts';
import { readHome } from '../entry/home/home.ts';
import { tryParseObject } from '../seal/strict-json.ts';
import { readText } from './files.ts';
import type { Terminal } from './terminal.ts';

const ANSWER_LIMIT = 8 * 1024 * 1024;
const TIMEOUT_MS = 60_000;
const LOOPBACK: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Finds the gateway to call: the named one, else the home folder's own. Must be HTTPS except on this machine itself,
 * because the call carries a case in the clear, or a key.
 * @throws Failure `usage`
 */
export function findGatewayUrl(terminal: Terminal, named: string | undefined): string {
  const own = existsSync(join(terminal.home, 'config.json'))
    ? readHome(terminal.home, terminal.env).values
    : terminal.env;
  const text = named ?? own['AMANAT_URL'];
  if (text === undefined) throw makeUsageFailure('missing: --gateway');
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw makeUsageFailure('--gateway: must be an address such as https://gateway.example');
  if (url.protocol === 'http:' && !LOOPBACK.includes(url.hostname))
    throw makeUsageFailure('--gateway: must be https; plain http is allowed only for this machine itself');
  return url.origin;
}

/** Reads a secret from a file, else from the environment; never from a flag, which other users can see. @throws Failure `usage` */
export async function readSecret(
  terminal: Terminal,
  from: {
    readonly flag: string;
    readonly file: string | undefined;
    readonly variable: string;
    readonly madeBy: string;
  },
): Promise<string> {
  if (from.file !== undefined) return readText(from.flag, from.file, 4_096);
  const value = terminal.env[from.variable]?.trim();
  if (value === undefined || value === '')
    throw makeUsageFailure(
      `missing: ${from.flag} or ${from.variable} in the environment`,
      `If the focal point has none, or has lost it, make one: ${from.madeBy}`,
    );
  return value;
}

interface GatewayAnswer {
  readonly status: number;
  readonly document: Record<string, unknown>;
}

/**
 * Calls the gateway and reads its JSON.
 * @throws Refusal with the gateway's code; Failure `unreachable`; Failure `not-understood` for any other answer
 */
export async function callGateway(url: string, init: RequestInit): Promise<GatewayAnswer> {
  const response = await reach(url, init);
  const document = await readDocument(response);
  if (response.ok && document !== undefined) return { status: response.status, document };
  throw refusalIn(document) ?? notUnderstood(response.status);
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch {
    throw unreachable();
  }
}

const unreachable = (): CommandFailure =>
  new CommandFailure({
    exit: 'unreachable',
    code: 'unreachable',
    detail: 'the gateway does not answer',
    help: 'Check that --gateway names it and that it is running, then try again.',
  });

async function readDocument(response: Response): Promise<Record<string, unknown> | undefined> {
  const bytes = await readBounded(response.body, ANSWER_LIMIT).catch(() => {
    throw unreachable();
  });
  return tryParseObject(bytes, JSON_BOUNDS.answer);
}

/** The refusal in a problem document (RFC 9457), if its code is in the error table. */
function refusalIn(document: Record<string, unknown> | undefined): Refusal | undefined {
  const codes = Object.keys(PROBLEMS) as ProblemCode[];
  const code = codes.find((one) => problemType(one) === document?.['type']);
  if (code === undefined) return undefined;
  const { help, title } = PROBLEMS[code];
  const detail = typeof document?.['detail'] === 'string' ? document['detail'] : title;
  // The gateway's detail ends with the help, which the command prints itself.
  return new Refusal(code, detail.replace(`. ${help}`, ''));
}

const notUnderstood = (status: number): CommandFailure =>
  new CommandFailure({
    exit: exitOfStatus(status),
    code: 'not-understood',
    detail: `the answer (status ${status}) is not an answer of a gateway`,
    help: 'Check that --gateway names a gateway, and not a proxy or another service.',
  });
