/**
 * The proof at the end of a story: both ledgers are cosigned by the other side, each gateway exports the thread, and the
 * files are verified with nothing but the two authorities' certificates.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type CaseFileVerdict, judgeCaseFile } from '../src/cli/case-verdict.ts';
import { makeCaseText } from '../src/cli/export.ts';
import type { CaseFile } from '../src/domain/evidence/case-file.ts';
import { EVENTS_SENT_BACK, type EvidenceEvent } from '../src/domain/evidence/evidence.ts';
import { Refusal } from '../src/domain/words/error.ts';
import { callUntilAnswered, type ReadAnswer } from '../test/support/outside/calling.ts';
import { waitUntil } from '../test/support/outside/until.ts';
import type { Scene } from './acts.ts';
import type { ServedHouse } from './stage.ts';
import type { StoryMessage } from './thread.ts';

/** A ledger as its gateway serves it, cosigned by every other gateway. */
export interface CosignedLedger {
  readonly house: ServedHouse;
  readonly size: number;
  /** C2SP signed checkpoint, as it was served. */
  readonly checkpoint: string;
  /** C2SP verifier key, as it was served. */
  readonly vkey: string;
}

type CaseReport = Extract<CaseFileVerdict['verdict'], { readonly verified: true }>;

/** A thread as one gateway exports it, verified. */
export interface VerifiedExport {
  readonly house: ServedHouse;
  readonly thread: string;
  readonly file: CaseFile;
  /** The file as it is written. */
  readonly text: string;
  readonly report: CaseReport;
}

export interface StoryProof {
  readonly ledgers: readonly CosignedLedger[];
  /** By each gateway, of each thread it took part in. */
  readonly exports: readonly VerifiedExport[];
}

/** Milliseconds between two looks: rounds of the ledgers are a second apart. */
const LOOK = 200;

/**
 * Waits until every piece of evidence stands in a ledger that the other side cosigned, as the exports show it.
 * @throws Error where an export does not verify
 */
export async function proveStory(
  scene: Scene,
  served: readonly ServedHouse[],
  posted: readonly StoryMessage[],
): Promise<StoryProof> {
  scene.timeline.chapter('Neither side can rewrite what happened');
  const anchors = [...scene.setting.anchors.values()];
  const threads = [...new Set(posted.map((one) => one.thid))];
  let looked = '';
  const proof = await waitUntil(
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
async function cosigned(
  house: ServedHouse,
  served: readonly ServedHouse[],
): Promise<CosignedLedger | undefined> {
  const [checkpoint, vkey] = await Promise.all([
    textAt(`${house.url}/ledger/checkpoint`),
    textAt(`${house.url}/ledger/vkey`),
  ]);
  const { size, signers } = partsOf(checkpoint);
  const witnesses = served.filter((one) => one.slug !== house.slug);
  if (!witnesses.every(({ url }) => signers.includes(`${new URL(url).host}/witness`))) return undefined;
  return { house, size, checkpoint, vkey };
}

/**
 * The entries a checkpoint counts, and in whose names it is signed (C2SP tlog-checkpoint, signed-note). The signatures
 * are judged by `amanat verify`: an export holds the checkpoint by which its evidence is proven.
 */
function partsOf(checkpoint: string): { readonly size: number; readonly signers: readonly string[] } {
  const [, size] = checkpoint.split('\n');
  const signers = [...checkpoint.matchAll(/^— (\S+) \S+$/gmu)].map(([, name = '']) => name);
  return { size: Number(size), signers };
}

async function textAt(url: string): Promise<string> {
  const answer: ReadAnswer = await callUntilAnswered(async () => ({ url, init: {} }));
  if (answer.status !== 200) throw new Error(`the ledger answered ${answer.status}`);
  return answer.text;
}

async function exportAll(
  served: readonly ServedHouse[],
  threads: readonly string[],
  anchors: readonly string[],
): Promise<readonly VerifiedExport[]> {
  const wanted = served.flatMap((house) => threads.map((thread) => ({ house, thread })));
  const made = await Promise.all(wanted.map(({ house, thread }) => exportOne(house, thread, anchors)));
  return made.filter((one) => one !== undefined);
}

/** Undefined where the gateway took no part in the thread. Contents are in it as they were sealed. */
async function exportOne(
  house: ServedHouse,
  thread: string,
  anchors: readonly string[],
): Promise<VerifiedExport | undefined> {
  const made = await makeCaseText(house.gateway, { id: thread, contents: true }).catch((fault: unknown) => {
    if (fault instanceof Refusal && fault.code === 'not-found') return undefined;
    throw fault;
  });
  if (made === undefined) return undefined;
  const { file, text } = made;
  const { verdict: report } = await judgeCaseFile(Buffer.from(text), anchors, 'en');
  if (!report.verified)
    throw new Error(`the export of ${house.name} does not verify at ${report.place}: ${report.detail}`);
  return { house, thread, file, text, report };
}

/** Whether all is cosigned, and the senders' gateways have everything that was to come back from the others. */
function isWhole(exports: readonly VerifiedExport[]): boolean {
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
          .filter(
            (one) => one.by.gateway === by.gateway && EVENTS_SENT_BACK.includes(one.event as EvidenceEvent),
          )
          .every((one) => known.has(`${home} ${one.id}`));
      }),
  );
}

function tell({ timeline }: Scene, { ledgers, exports }: StoryProof): void {
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
