/** The three ways in which the Bot API takes parameters (Bot API: Making requests), as one record. */
import type { IncomingMessage } from 'node:http';

export type CallParameters = Record<string, unknown>;

/** A file as it came in a multipart form. */
export interface UploadedFile {
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** More than any call of the demo; the real server takes 50 MB. */
const LIMIT = 20 * 1024 * 1024;

/** Reads query and body of a call: JSON, URL-encoded or multipart. Throws where they are too large or broken. */
export async function readParameters(request: IncomingMessage): Promise<CallParameters> {
  const query = Object.fromEntries(new URL(request.url ?? '/', 'http://localhost').searchParams);
  const body = await readAll(request);
  return body.length === 0 ? query : { ...query, ...parseBody(body, request.headers['content-type'] ?? '') };
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LIMIT) throw new Error('too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseBody(body: Buffer, contentType: string): CallParameters {
  const [kind] = contentType.toLowerCase().split(';', 1);
  if (kind === 'application/json') return object(JSON.parse(body.toString('utf8')));
  if (kind === 'application/x-www-form-urlencoded') {
    return Object.fromEntries(new URLSearchParams(body.toString('utf8')));
  }
  if (kind === 'multipart/form-data') return parseMultipart(body, contentType);
  throw new Error('unknown content type');
}

/**
 * Parses a multipart form (RFC 7578) by hand: undici's own `formData()` refuses the one grammY writes. A value
 * `attach://<name>` is replaced by the file part of that name.
 */
export function parseMultipart(body: Buffer, contentType: string): CallParameters {
  const boundary = /boundary=(?:"([^"]{1,200})"|([^;\s]{1,200}))/i.exec(contentType);
  const mark = boundary?.[1] ?? boundary?.[2];
  if (mark === undefined) throw new Error('no boundary');
  const parts = split(Buffer.concat([Buffer.from('\r\n'), body]), Buffer.from(`\r\n--${mark}`)).map(
    parsePart,
  );
  const files = new Map(
    parts.filter((one) => typeof one.value !== 'string').map((one) => [one.name, one.value]),
  );
  const attached = new Set<string>();
  const values = parts.map(({ name, value }): [string, unknown] => {
    const file = typeof value === 'string' && value.startsWith('attach://') ? value.slice(9) : undefined;
    if (file === undefined || !files.has(file)) return [name, value];
    attached.add(file);
    return [name, files.get(file)];
  });
  return Object.fromEntries(values.filter(([name]) => !attached.has(name)));
}

/** What stands between delimiters, without preamble and epilogue. */
function split(body: Buffer, delimiter: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let at = body.indexOf(delimiter);
  while (at >= 0) {
    const start = at + delimiter.length;
    if (body.subarray(start, start + 2).toString('latin1') === '--') return parts;
    at = body.indexOf(delimiter, start);
    if (at < 0) break;
    parts.push(body.subarray(body.indexOf('\r\n', start) + 2, at));
  }
  throw new Error('the form breaks off');
}

function parsePart(part: Buffer): { name: string; value: string | UploadedFile } {
  // A part without headers of its own has no name.
  const end = part.indexOf('\r\n\r\n');
  const head = part.subarray(0, Math.max(end, 0)).toString('utf8');
  const name = /[\s;]name="?([^";\r\n]*)"?/i.exec(head)?.[1];
  if (end < 0 || name === undefined) throw new Error('a part has no name');
  const content = part.subarray(end + 4);
  const filename = /filename="?([^";\r\n]*)"?/i.exec(head)?.[1];
  if (filename === undefined) return { name, value: content.toString('utf8') };
  const contentType = /^content-type:\s*([^\r\n]+)/im.exec(head)?.[1] ?? 'application/octet-stream';
  return { name, value: { filename, contentType, bytes: new Uint8Array(content) } };
}

function object(value: unknown): CallParameters {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('not an object');
  return { ...value };
}
