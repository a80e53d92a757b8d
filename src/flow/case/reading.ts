/** Reads a case file: bounded, in canonical form only, and with the place of every fault. */

import { type CaseFile, caseFileSchema } from '../../domain/evidence/case-file.ts';
import { JSON_BOUNDS } from '../../domain/message/json-bounds.ts';
import { Refusal } from '../../domain/words/error.ts';
import { NOT_JSON_TEXT, parseStrict } from '../../seal/strict-json.ts';

/** Enough for the contents of a long thread: sealed messages in base64. */
export const MAX_CASE_BYTES = 256 * 1024 * 1024;

/** Why a file does not verify, and at which place in it. */
export class CaseMisfit extends Error {
  readonly place: string;
  readonly refusal: Refusal;

  constructor(place: string, refusal: Refusal) {
    super(`${place}: ${refusal.detail}`);
    this.name = 'Misfit';
    this.place = place;
    this.refusal = refusal;
  }
}

/**
 * Runs work about a place in the file. Whatever it throws means that the file does not verify, so that it
 * fails closed.
 */
export async function runAtPlace<T>(place: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (fault) {
    if (fault instanceof CaseMisfit) throw fault;
    const refusal =
      fault instanceof Refusal
        ? fault
        : new Refusal('statement-refused', 'this part of the file cannot be read');
    throw new CaseMisfit(place, refusal);
  }
}

/** The file as text: canonical JSON (docs/export.md § Form) and one newline. */
export const writeCase = (file: CaseFile): string => `${JSON.stringify(caseFileSchema.parse(file))}\n`;

/**
 * Parses a file without verifying it. It must be in its canonical form: it is written again and compared.
 * @throws CaseMisfit
 */
export function readCase(bytes: Uint8Array): CaseFile {
  if (bytes.length > MAX_CASE_BYTES)
    throw new CaseMisfit('file', new Refusal('too-large', `the file is larger than ${MAX_CASE_BYTES} bytes`));
  const text = textOf(bytes);
  const shape = caseFileSchema.safeParse(jsonOf(text));
  if (!shape.success) {
    const path = shape.error.issues[0]?.path ?? [];
    throw malformed(placeOf(path), 'this does not have the form that docs/export.md describes');
  }
  const again = writeCase(shape.data);
  if (again !== text) throw malformed(`character ${firstDifference(text, again)}`, 'not the canonical form');
  return shape.data;
}

const malformed = (place: string, detail: string): CaseMisfit =>
  new CaseMisfit(place, new Refusal('malformed-json', detail));

function textOf(bytes: Uint8Array): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const again = new TextEncoder().encode(text);
  const wrong = bytes.findIndex((byte, n) => byte !== again[n]);
  if (wrong >= 0 || again.length !== bytes.length)
    throw malformed(`byte ${wrong < 0 ? bytes.length : wrong}`, 'not UTF-8');
  return text;
}

function jsonOf(text: string): unknown {
  try {
    return parseStrict(text, JSON_BOUNDS.caseFile);
  } catch (fault) {
    const detail = fault instanceof Refusal ? fault.detail : 'not JSON';
    throw detail === NOT_JSON_TEXT ? malformed(whereBroken(text), 'not JSON') : malformed('file', detail);
  }
}

/** Where a text stops being JSON. Its size and depth are checked already. */
function whereBroken(text: string): string {
  try {
    JSON.parse(text);
    return 'file';
  } catch (fault) {
    // The runtime's error names the position, except for short texts.
    const [, position] = /position (\d+)/.exec(fault instanceof Error ? fault.message : '') ?? [];
    return position === undefined ? 'file' : `character ${position}`;
  }
}

const placeOf = (path: readonly PropertyKey[]): string =>
  path.length === 0
    ? 'file'
    : path
        .map((step, n) => (typeof step === 'number' ? `[${step}]` : `${n ? '.' : ''}${String(step)}`))
        .join('');

function firstDifference(one: string, other: string): number {
  let n = 0;
  while (n < one.length && one[n] === other[n]) n += 1;
  return n;
}
