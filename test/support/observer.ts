/**
 * Looks at two gateways from outside: statuses with access keys, what partners' servers were brought, and the logs.
 * It remembers what it saw, and says so where something that cannot be undone was undone.
 */
import { Buffer } from 'node:buffer';
import { expect } from 'vitest';
import { readBundle } from '../../src/ledger/bundle.ts';
import { entryOfEvidence } from '../../src/ledger/entry.ts';
import { verifySignedCheckpoint } from '../../src/ledger/signed-checkpoint.ts';
import { pathOfBundle, TILE_WIDTH } from '../../src/ledger/tile-path.ts';
import { hashLeaf, rootOfLeaves } from '../../src/ledger/tree.ts';
import { digestOfPayload, peekStatement } from '../../src/seal/statement.ts';
import { askUntilAnswered, type BroughtPost, type Correspondent } from './correspondents.ts';
import type { ProcessSide } from './two-processes.ts';
import { describeKnownLog } from './watched-logs.ts';

export interface ObservedMessage {
  readonly id: string;
  readonly from: Correspondent;
  readonly to: readonly Correspondent[];
  /** It expires within the walk. */
  readonly hurried: boolean;
}

interface Claims {
  readonly id: string;
  readonly event: string;
  readonly recipient?: string;
  readonly officer?: { readonly id: string };
}

/** One recipient's part of a message, as one party reads it. */
export interface ObservedPart {
  readonly state: 'waiting' | 'failed' | 'acknowledged' | 'declined';
  readonly acknowledgement: { readonly decision: string; readonly evidence: string } | null;
}

/** A message as one party reads it at its own gateway. */
export interface ObservedView {
  readonly parts: ReadonlyMap<string, ObservedPart>;
  /** Digest of what was signed, by evidence id. */
  readonly evidence: ReadonlyMap<string, string>;
  readonly claims: readonly Claims[];
}

const RANK = { waiting: 0, failed: 1, acknowledged: 2, declined: 2 } as const;

/** Reads a message at the party's own gateway; undefined where that is down, or does not have it. */
export async function readView(party: Correspondent, id: string): Promise<ObservedView | undefined> {
  if (!party.side.isUp()) return undefined;
  const answer = await askUntilAnswered('a status', () => party.partner.status(id));
  if (answer.status !== 200) return undefined;
  const { evidence, recipients } = await answer.json();
  const claims = evidence.map((jws: unknown) => peekStatement(jws).payload as Claims);
  const digests = evidence.map((jws: Parameters<typeof digestOfPayload>[0], n: number) => [
    claims[n].id,
    digestOfPayload(jws),
  ]);
  const parts = recipients.map((one: ObservedPart & { to: string }) => [one.to, one]);
  expect(new Set(claims.map((one: Claims) => one.id)).size, 'evidence ids').toBe(claims.length);
  return { parts: new Map(parts), evidence: new Map(digests), claims };
}

/** What one party read before still holds: nothing is gone, nothing final has changed. */
function expectOnwards(before: ObservedView | undefined, after: ObservedView): void {
  for (const [id, digest] of before?.evidence ?? []) expect(after.evidence.get(id), 'kept').toBe(digest);
  for (const [to, { state, acknowledgement }] of before?.parts ?? []) {
    const part = after.parts.get(to);
    expect(RANK[part?.state ?? 'waiting'], `${state} to ${part?.state}`).toBeGreaterThanOrEqual(RANK[state]);
    if (acknowledgement !== null) expect(part?.acknowledgement?.evidence).toBe(acknowledgement.evidence);
  }
}

/** Of one officer there is one word of a kind about one message, and one word settles it, whoever looks. */
function expectOneWord(views: readonly ObservedView[]): void {
  const words = new Map<string, string>();
  const settled = new Map<string, string>();
  for (const { claims, parts } of views) {
    for (const { id, event, recipient, officer } of claims) {
      if (officer === undefined || !event.startsWith('Consignment')) continue;
      const word = [event, recipient, officer.id].join(' ');
      expect(id, word).toBe(words.get(word) ?? id);
      words.set(word, id);
    }
    for (const [to, { acknowledgement }] of parts) {
      if (acknowledgement === null) continue;
      expect(acknowledgement.evidence, 'the word that settles').toBe(
        settled.get(to) ?? acknowledgement.evidence,
      );
      settled.set(to, acknowledgement.evidence);
    }
  }
}

/** A log as it stands. */
export interface LoggedState {
  /** The other side has put its signature under all of it. */
  readonly cosigned: boolean;
  /** Whether all this evidence, digests by id, is in it. */
  covers(evidence: ReadonlyMap<string, string>): boolean;
}

/** One log, read whole and again: what was in it is in it, and its root is that of the entries it shows. */
function logReader(side: ProcessSide, witness: ProcessSide) {
  const leaves: Uint8Array[] = [];
  const bytesAt = async (path: string): Promise<Uint8Array> => {
    const answer = await askUntilAnswered('a log', () => side.call(`/ledger/${path}`));
    expect(answer.status, path).toBe(200);
    return new Uint8Array(await answer.arrayBuffer());
  };
  return async (): Promise<LoggedState> => {
    const known = describeKnownLog(side.house, [witness.house]);
    const { checkpoint, cosignatures } = await verifySignedCheckpoint(await bytesAt('checkpoint'), known);
    const { size, root } = checkpoint;
    expect(size, 'the size of a log').toBeGreaterThanOrEqual(leaves.length);
    for (let index = Math.floor(leaves.length / TILE_WIDTH); index * TILE_WIDTH < size; index += 1) {
      const width = Math.min(TILE_WIDTH, size - index * TILE_WIDTH);
      const hashes = readBundle(await bytesAt(pathOfBundle({ index, width })), width).map(hashLeaf);
      const before = leaves.slice(index * TILE_WIDTH);
      expect(hashes.slice(0, before.length).map(hex), 'entries read before').toEqual(before.map(hex));
      leaves.push(...hashes.slice(before.length));
    }
    expect(hex(rootOfLeaves(leaves)), 'the root of a log').toBe(hex(root));
    const has = new Set(leaves.map(hex));
    return {
      cosigned: cosignatures.length === 1,
      covers: (evidence) =>
        [...evidence].every(([id, digest]) => has.has(hex(hashLeaf(entryOfEvidence(id, digest))))),
    };
  };
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export interface PartyObserver {
  /** Looks at these messages, at all that was brought, and at both logs. */
  look(sent: readonly ObservedMessage[], brought: readonly BroughtPost[]): Promise<void>;
  /** Reads a gateway's log, and judges it against all that was read of it before. */
  readLog(side: ProcessSide): Promise<LoggedState>;
}

export function createObserver(kh: ProcessSide, id: ProcessSide): PartyObserver {
  const views = new Map<string, ObservedView>();
  const bodies = new Map<string, string>();
  const brought = new Map<string, string>();
  const digests = new Map<string, string>();
  const logs = new Map([
    [kh, logReader(kh, id)],
    [id, logReader(id, kh)],
  ]);

  const sameEverywhere = (evidence: string, digest: string): void => {
    expect(digest, 'evidence of one id').toBe(digests.get(evidence) ?? digest);
    digests.set(evidence, digest);
  };
  async function lookAt({ id: message, from, to }: ObservedMessage): Promise<void> {
    const seen = await Promise.all(
      [from, ...to].map(async (party) => {
        const view = await readView(party, message);
        const key = `${message} ${party.slug}`;
        if (view === undefined) return views.get(key);
        expectOnwards(views.get(key), view);
        for (const [evidence, digest] of view.evidence) sameEverywhere(evidence, digest);
        views.set(key, view);
        return view;
      }),
    );
    expectOneWord(seen.filter((one) => one !== undefined));
  }
  /** A repeat is the same to the byte under the same id, and nothing is brought under two. */
  function expectOnce({ id: webhook, to, body, message, evidence }: BroughtPost): void {
    expect(body, 'a repeat').toBe(bodies.get(webhook) ?? body);
    bodies.set(webhook, body);
    const what = `${to} ${evidence?.id ?? message}`;
    expect(webhook, 'brought once').toBe(brought.get(what) ?? webhook);
    brought.set(what, webhook);
    if (evidence !== undefined) sameEverywhere(evidence.id, evidence.digest);
  }
  const readLog = async (side: ProcessSide): Promise<LoggedState> => {
    const read = logs.get(side);
    if (read === undefined) throw new Error('no such side');
    return read();
  };
  async function lookAtSide(side: ProcessSide): Promise<void> {
    if (!side.isUp()) return;
    await readLog(side);
    const health = await askUntilAnswered('its health', () => side.call('/readyz'));
    expect(await health.json()).toMatchObject({ status: 'ready', alarms: 0 });
  }
  return {
    readLog,
    look: async (sent, more) => {
      more.forEach(expectOnce);
      await Promise.all([...sent.map(lookAt), lookAtSide(kh), lookAtSide(id)]);
    },
  };
}
