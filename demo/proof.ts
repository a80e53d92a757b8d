/**
 * The proof at the end of a story: each ledger is cosigned by the other gateway, each gateway exports the thread, and
 * the files are verified with only the two authorities' certificates.
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
  /** The C2SP signed checkpoint, as served. */
  readonly checkpoint: string;
  /** The C2SP verifier key, as served. */
  readonly vkey: string;
}

type CaseReport = Extract<CaseFileVerdict['verdict'], { readonly verified: true }>;

/** A verified export of a thread by one gateway. */
export interface VerifiedExport {
  readonly house: ServedHouse;
  readonly thread: string;
  readonly file: CaseFile;
  /** The text of the exported file. */
  readonly text: string;
  readonly report: CaseReport;
}

export interface StoryProof {
  readonly ledgers: readonly CosignedLedger[];
  /** One for each gateway and each thread that it took part in. */
  readonly exports: readonly VerifiedExport[];
}

/** Milliseconds between two checks. The ledgers have a round every second. */
const LOOK = 200;

/**
 * Waits until every piece of evidence in the exports is in a ledger that the other gateway has cosigned.
 * @throws Error if an export does not verify
 */
export async function proveStory(
  scene: Scene,
  served: readonly ServedHouse[],
  posted: readonly StoryMessage[],
): Promise<StoryProof> {
  scene.timeline.chapter('Neither side can change the record unnoticed');
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
      // If no ledger has a new entry, the exports have not changed either.
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

/** The newest checkpoint and the key, as anybody may read them; undefined until every other gateway has cosigned it. */
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
 * Reads from a checkpoint its number of entries and the names of its signers (C2SP tlog-checkpoint, signed-note).
 * `amanat verify` verifies the signatures: an export contains the checkpoint that proves its evidence.
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

/** Exports one thread, with its sealed contents; undefined if the gateway took no part in the thread. */
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

/**
 * Whether everything is cosigned, and the senders' gateways have all evidence that the other gateways must send back.
 */
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
        what: `has verified all ${size} entries of the ledger of ${house.name}, and cosigns it`,
      });
  for (const { house, report } of exports) {
    const pieces = report.messages.flatMap((one) => one.evidence).length;
    const what = `exports the thread: ${report.messages.length} messages, their stored contents still sealed, and ${pieces} pieces of evidence`;
    timeline.tell({ place: 'proof', who: house.name, what });
  }
  timeline.tell({
    place: 'proof',
    who: 'An outsider',
    what: 'verifies each file with only the two authorities’ certificates: who sent, who received, which officer acknowledged, and when',
  });
  timeline.tell({
    place: 'proof',
    who: 'An outsider',
    what: 'finds every piece of evidence in a ledger that the other country cosigned: nobody can change it unnoticed',
  });
}
