/** The moves that stories are made of: somebody writes, officers take what came, time passes. */

import { present } from '../src/domain/words/present.ts';
import { chance } from '../src/entry/chance.ts';
import { CallRefused } from '../test/support/outside/calling.ts';
import type { Line, ReadReceipt } from '../test/support/outside/partner.ts';
import { waitUntil } from '../test/support/outside/until.ts';
import { acknowledgeAtFocalPoint, type Scene } from './acts.ts';
import { CAST, isSystemRole, type Role } from './cast.ts';
import { houseOfRole } from './houses.ts';
import { passTime } from './passing.ts';
import { enrolledPartnerOf, type WritingRole, writingSystemOf } from './setting.ts';
import type { StoryStep } from './story.ts';
import { findNamedMessage, type StoryMessage, type StoryThread } from './thread.ts';
import type { ExpectedTurn, ServedScene } from './turns.ts';

/** What a message needs to be sent. */
export interface SendingPlan {
  readonly chapter: string;
  readonly from: WritingRole;
  readonly to: readonly Role[];
  readonly line: Line | ((playing: ServedScene) => Line);
  /** What the timeline says of it. */
  readonly says: string;
  /** What the story calls it. */
  readonly as?: string;
  /** What the story calls the message that it answers, or is otherwise about. */
  readonly about?: string;
  /** What it calls the message of another that is passed on, and the permission to do so. */
  readonly passesOn?: string;
  readonly grant?: string;
  /** Minutes that pass before. */
  readonly later?: number;
  readonly leaves?: ExpectedTurn;
}

/** The step in which a message is sent, everybody it is for acknowledges, and the sender is told so. */
export const sendAcknowledgedStep = (saying: SendingPlan): StoryStep => ({
  ...stepOf(saying),
  act: async (scene, thread) => {
    const posted = await send(scene, saying, thread);
    await taken(scene, posted, posted.to);
  },
});

/** The step in which a message is sent, and nobody has done anything about it yet. */
export const sendStep = (saying: SendingPlan & { readonly leaves: ExpectedTurn }): StoryStep => ({
  ...stepOf(saying),
  act: async (scene, thread) => {
    await passTime(scene, saying.later);
    await send(scene, saying, thread);
  },
});

/** The step in which somebody tries to send what the gateway must refuse, by this code, and says so under its signature. */
export const sendRefusedStep = (
  saying: SendingPlan & { readonly code: string; readonly leaves: ExpectedTurn },
): StoryStep => ({
  ...stepOf(saying),
  act: async (scene, thread) => {
    const { from, code, says } = saying;
    const fault = await post(scene, saying, thread).then(
      () => undefined,
      (one: unknown) => one,
    );
    if (!(fault instanceof CallRefused) || fault.code !== code || !fault.isSigned)
      throw fault instanceof Error ? fault : new Error(`the gateway did not refuse: ${says}`);
    const { timeline, setting } = scene;
    timeline.tell({ place: 'webhook', who: CAST[from].name, what: says });
    const what = `refuses, under its signature: ${code}`;
    timeline.tell({ place: 'gateway', who: houseOfRole(setting.houses, from).name, what });
  },
});

export interface AcknowledgingPlan {
  readonly chapter: string;
  /** What the story calls the message. */
  readonly what: string;
  /** Everybody it was sent to where left out. */
  readonly by?: readonly Role[];
  /** Minutes that pass before. */
  readonly later?: number;
  readonly leaves: ExpectedTurn;
}

/** The step in which officers acknowledge what was sent before, and its sender is told so. */
export const acknowledgeStep = ({ what, by, later, ...step }: AcknowledgingPlan): StoryStep => ({
  ...step,
  act: async (scene, thread) => {
    await passTime(scene, later);
    const posted = findNamedMessage(thread, what);
    await taken(scene, posted, by ?? posted.to);
  },
});

const stepOf = ({ chapter, leaves }: SendingPlan): Pick<StoryStep, 'chapter' | 'leaves'> => ({
  chapter,
  ...present({ leaves }),
});

/** Sends a message in the story's thread, which the first one opens. */
async function send(scene: ServedScene, saying: SendingPlan, thread: StoryThread): Promise<StoryMessage> {
  const { from, to, as } = saying;
  const { id, thid } = await post(scene, saying, thread);
  const posted = { from, to, id, thid };
  thread.thid = thid;
  thread.posted.push(posted);
  if (as !== undefined) thread.named.set(as, posted);
  return posted;
}

async function post(playing: ServedScene, saying: SendingPlan, thread: StoryThread): Promise<ReadReceipt> {
  const { setting, timeline } = playing;
  const { from, to, line, says, about, passesOn, grant } = saying;
  const receipt = await writingSystemOf(setting, from).post(
    {
      ...(typeof line === 'function' ? line(playing) : line),
      to: to.map((role) => CAST[role].slug),
      ...present({
        thid: thread.thid,
        about: about === undefined ? undefined : findNamedMessage(thread, about).id,
        passes_on: passesOn === undefined ? undefined : findNamedMessage(thread, passesOn).id,
        grant: grant === undefined ? undefined : findNamedMessage(thread, grant).id,
      }),
    },
    chance.newId(),
  );
  timeline.tell({ place: 'webhook', who: CAST[from].name, what: says, message: receipt.id });
  timeline.tell({
    place: 'gateway',
    who: houseOfRole(setting.houses, from).name,
    what: 'accepts it and signs the receipt',
    message: receipt.id,
  });
  return receipt;
}

/** The officers at these desks acknowledge, and the sender is told of it in its own system, without asking. */
async function taken(scene: Scene, { id, from }: StoryMessage, by: readonly Role[]): Promise<void> {
  await Promise.all(by.map((role) => acknowledgeAtFocalPoint(scene, role, id)));
  if (!isSystemRole(from)) return;
  const { inbox } = enrolledPartnerOf(scene.setting, from);
  const slugs = by.map((role) => `:${CAST[role].slug}`);
  await waitUntil(
    'the sender to be told of every acknowledgement',
    () => {
      const words = inbox.evidence.filter(
        (one) => one.consignment === id && one.event === 'ConsignmentAcceptance',
      );
      return slugs.every((slug) => words.some((one) => one.recipient?.endsWith(slug))) ? true : undefined;
    },
    scene.signal,
  );
}
