/** Reading a case file: bounded, in its one spelling, and every refusal with the place it is about. */

import { type CaseFile, caseFileSchema } from '../../domain/evidence/case-file.ts';
import { JSON_BOUNDS } from '../../domain/message/json-bounds.ts';
import { Refusal } from '../../domain/words/error.ts';
import { NOT_JSON_TEXT, parseStrict } from '../../seal/strict-json.ts';

/** Contents of a long thread, sealed messages in base64. */
export const MAX_CASE_BYTES = 256 * 1024 * 1024;

/** Why a file does not verify, and where in it. */
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

/** Does work about a place in the file. Whatever is thrown there means that it does not verify: closed is safe. */
export async function runAtPlace<T>(place: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (fault) {
    if (fault instanceof CaseMisfit) throw fault;
    const refusal =
      fault instanceof Refusal ? fault : new Refusal('statement-refused', 'it cannot be read as what it is');
    throw new CaseMisfit(place, refusal);
  }
}

/** The file as text: canonical JSON (docs/export.md § Form) and one newline. */
export const writeCase = (file: CaseFile): string => `${JSON.stringify(caseFileSchema.parse(file))}\n`;

/**
 * Reads a file without believing it. What it says has one spelling: it is written again and compared.
 * @throws Misfit
 */
export function readCase(bytes: Uint8Array): CaseFile {
  if (bytes.length > MAX_CASE_BYTES)
    throw new CaseMisfit('file', new Refusal('too-large', `it is larger than ${MAX_CASE_BYTES} bytes`));
  const text = textOf(bytes);
  const shape = caseFileSchema.safeParse(jsonOf(text));
  if (!shape.success) {
    const path = shape.error.issues[0]?.path ?? [];
    throw malformed(placeOf(path), 'not what docs/export.md says stands here');
  }
  const again = writeCase(shape.data);
  if (again !== text)
    throw malformed(`character ${firstDifference(text, again)}`, 'not the one spelling of what it says');
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

/** Where a text stops being JSON. What it holds is bounded by now. */
function whereBroken(text: string): string {
  try {
    JSON.parse(text);
    return 'file';
  } catch (fault) {
    // The runtime names the position in its sentence; it leaves it out where the text is short.
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
