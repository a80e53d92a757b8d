/** Reading no more of a stream than we have said we would. */

type ByteStream = ReadableStream<Uint8Array>;

/** The whole body, or undefined once it grows past `limit` bytes; the rest is then not read. Throws if it breaks off. */
export async function readBounded(body: ByteStream | null, limit: number): Promise<Uint8Array | undefined> {
  if (body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return joined(chunks, length);
    length += value.length;
    if (length > limit) {
      // Not awaited: the peer decides when a cancel ends.
      reader.cancel().catch(() => {});
      return undefined;
    }
    chunks.push(value);
  }
}

/**
 * Reads a body nobody needs to its end, so that its connection can serve again, and lets go of it after `limit` bytes
 * or when `signal` ends. Never throws: what a peer does after its answer changes nothing.
 */
export async function discardBody(
  body: ByteStream | null,
  limit: number,
  signal: AbortSignal,
): Promise<void> {
  if (body === null) return;
  const reader = body.getReader();
  const stop = () => reader.cancel().catch(() => {});
  signal.addEventListener('abort', stop, { once: true });
  try {
    let length = 0;
    while (length <= limit && !signal.aborted) {
      const { done, value } = await reader.read();
      if (done) return;
      length += value.length;
    }
  } catch {
    return;
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) return only;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
