/**
 * The proof at the end of a story: both ledgers are cosigned by the other side, each gateway exports the thread, and the
 * files are verified with nothing but the two authorities' certificates.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { COMES_BACK, type EvidenceEvent } from '../src/domain/evidence/evidence.ts';
import { Refusal } from '../src/domain/words/error.ts';
import { exportCase } from '../src/flow/case/case-export.ts';
import { writeCase } from '../src/flow/case/case-reading.ts';
import { type CaseReport, verifyCase } from '../src/flow/case/case-verify.ts';
import { noteKeys, originOf } from '../src/flow/ledger/ledger-keys.ts';
import { utf8 } from '../src/ledger/note-key.ts';
import { openCheckpoint } from '../src/ledger/signed-checkpoint.ts';
import { type Anchor, readAnchor } from '../src/seal/authority.ts';
import type { Scene } from './acts.ts';
import { type Answer, insist } from './insist.ts';
import type { Served } from './stage.ts';
import type { Posted } from './thread.ts';
import { until } from './until.ts';

/** A ledger as its gateway serves it, cosigned by every other gateway. */
export interface CosignedLedger {
  readonly house: Served;
  readonly size: number;
  /** C2SP signed checkpoint, as it was served. */
  readonly checkpoint: string;
  /** C2SP verifier key, as it was served. */
  readonly vkey: string;
}

/** A thread as one gateway exports it, verified. */
export interface Export {
  readonly house: Served;
  readonly thread: string;
  readonly text: string;
  readonly report: CaseReport;
}

export interface Proof {
  readonly ledgers: readonly CosignedLedger[];
  /** By each gateway, of each thread it took part in. */
  readonly exports: readonly Export[];
}

/** Milliseconds between two looks: rounds of the ledgers are a second apart. */
const LOOK = 200;

/**
 * Waits until every piece of evidence stands in a ledger that the other side cosigned, as the exports show it.
 * @throws Error where an export does not verify
 */
export async function prove(
  scene: Scene,
  served: readonly Served[],
  posted: readonly Posted[],
): Promise<Proof> {
  scene.timeline.chapter('Neither side can rewrite what happened');
  const anchors = await Promise.all(
    [...scene.setting.anchors].map(([country, pem]) => readAnchor(country, pem)),
  );
  const threads = [...new Set(posted.map((one) => one.thid))];
  let looked = '';
  const proof = await until(
    'every piece of evidence to be cosigned by the other side',
    async () => {
      await sleep(LOOK, undefined, { ref: false });
      const ledgers = (await Promise.all(served.map((house) => cosigned(house, served)))).filter(
        (one) => one !== undefined,
      );
      const sizes = ledgers.map((one) => one.size).join();
      // Nothing can have come since without an entry more.
      if (ledgers.length < served.length || sizes === looked) return undefined;
      looked = sizes;
      const exports = await exportAll(served, threads, anchors);
      return isWhole(exports) ? { ledgers, exports } : undefined;
    },
    scene.signal,
  );
  tell(scene, proof);
  return proof;
}

/** The newest checkpoint and its key, as anybody may read them; undefined until every other gateway has cosigned it. */
async function cosigned(house: Served, served: readonly Served[]): Promise<CosignedLedger | undefined> {
  const [checkpoint, vkey] = await Promise.all([
    textAt(`${house.url}/ledger/checkpoint`),
    textAt(`${house.url}/ledger/vkey`),
  ]);
  const witnesses = served.filter((one) => one.slug !== house.slug);
  const opened = await openCheckpoint(utf8(checkpoint), {
    origin: originOf(house.url),
    keys: noteKeys(house.url, [house.gateway.key.publicJwk], 'ed25519'),
    witnesses: witnesses.flatMap(({ url, gateway }) => noteKeys(url, [gateway.key.publicJwk], 'cosignature')),
  });
  if (opened.cosignatures.length < witnesses.length) return undefined;
  return { house, size: opened.checkpoint.size, checkpoint, vkey };
}

async function textAt(url: string): Promise<string> {
  const answer: Answer = await insist(async () => ({ url, init: {} }));
  if (answer.status !== 200) throw new Error(`the ledger answered ${answer.status}`);
  return answer.text;
}

async function exportAll(
  served: readonly Served[],
  threads: readonly string[],
  anchors: readonly Anchor[],
): Promise<readonly Export[]> {
  const wanted = served.flatMap((house) => threads.map((thread) => ({ house, thread })));
  const made = await Promise.all(wanted.map(({ house, thread }) => exportOne(house, thread, anchors)));
  return made.filter((one) => one !== undefined);
}

/** Undefined where the gateway took no part in the thread. Contents are in it as they were sealed. */
async function exportOne(
  house: Served,
  thread: string,
  anchors: readonly Anchor[],
): Promise<Export | undefined> {
  const file = await exportCase(house.gateway, { id: thread, contents: true }).catch((fault: unknown) => {
    if (fault instanceof Refusal && fault.code === 'not-found') return undefined;
    throw fault;
  });
  if (file === undefined) return undefined;
  const text = writeCase(file);
  const report = await verifyCase(Buffer.from(text), anchors);
  if (!report.verified)
    throw new Error(`the export of ${house.name} does not verify at ${report.place}: ${report.detail}`);
  return { house, thread, text, report };
}

/** Whether all is cosigned, and the senders' gateways have everything that was to come back from the others. */
function isWhole(exports: readonly Export[]): boolean {
  const known = new Set(
    exports.flatMap(({ report: { by, messages } }) =>
      messages.flatMap(({ evidence }) => evidence.map((one) => `${by.gateway} ${one.id}`)),
    ),
  );
  return exports.every(
    ({ report: { by, messages, unrewritable } }) =>
      unrewritable &&
      messages.every(({ sender, evidence }) => {
        const home = sender.did.slice(0, sender.did.indexOf(':fp:'));
        return evidence
          .filter((one) => one.by.gateway === by.gateway && COMES_BACK.includes(one.event as EvidenceEvent))
          .every((one) => known.has(`${home} ${one.id}`));
      }),
  );
}

function tell({ timeline }: Scene, { ledgers, exports }: Proof): void {
  for (const { house, size } of ledgers)
    for (const witness of ledgers.filter((one) => one.house !== house))
      timeline.tell({
        place: 'ledger',
        who: witness.house.name,
        what: `has read all ${size} entries of the ledger of ${house.name}, and cosigns it`,
      });
  for (const { house, report } of exports) {
    const pieces = report.messages.flatMap((one) => one.evidence).length;
    const what = `exports the thread: ${report.messages.length} messages, what is kept of them still sealed, and ${pieces} pieces of evidence`;
    timeline.tell({ place: 'proof', who: house.name, what });
  }
  timeline.tell({
    place: 'proof',
    who: 'An outsider',
    what: 'verifies each file with the two authorities’ certificates and nothing else: who sent, who received, which officer acknowledged, and when',
  });
  timeline.tell({
    place: 'proof',
    who: 'An outsider',
    what: 'finds every piece in a ledger that the other country cosigned: it cannot be rewritten unseen',
  });
}
