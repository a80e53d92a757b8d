/** Reads streams up to a limit of bytes. */

type ByteStream = ReadableStream<Uint8Array>;

/**
 * Reads the whole body. Returns undefined once it is longer than `limit` bytes, and reads no further. Throws if the
 * stream breaks.
 */
export async function readBounded(body: ByteStream | null, limit: number): Promise<Uint8Array | undefined> {
  if (body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return joinChunks(chunks, length);
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
 * Reads an unneeded body to its end, so that its connection can be used again. Stops after `limit` bytes or when
 * `signal` aborts. Never throws: the answer is complete already, so a later fault of the peer does not matter.
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

function joinChunks(chunks: readonly Uint8Array[], length: number): Uint8Array {
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
