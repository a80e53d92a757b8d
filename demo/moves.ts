/** The building blocks of stories: somebody writes, officers acknowledge, time passes. */

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

/** What is needed to send a message. */
export interface SendingPlan {
  readonly chapter: string;
  readonly from: WritingRole;
  readonly to: readonly Role[];
  readonly line: Line | ((playing: ServedScene) => Line);
  /** The text for the timeline. */
  readonly says: string;
  /** The name of this message in the story. */
  readonly as?: string;
  /** The name of the message that it answers, or is about. */
  readonly about?: string;
  /** The names of the message that is passed on, and of the permission for it. */
  readonly passesOn?: string;
  readonly grant?: string;
  /** Minutes that pass before this step. */
  readonly later?: number;
  readonly leaves?: ExpectedTurn;
}

/** A step: a message is sent, all its recipients acknowledge, and the sender is notified. */
export const sendAcknowledgedStep = (saying: SendingPlan): StoryStep => ({
  ...stepOf(saying),
  act: async (scene, thread) => {
    const posted = await send(scene, saying, thread);
    await taken(scene, posted, posted.to);
  },
});

/** A step: a message is sent, and nobody has acted on it yet. */
export const sendStep = (saying: SendingPlan & { readonly leaves: ExpectedTurn }): StoryStep => ({
  ...stepOf(saying),
  act: async (scene, thread) => {
    await passTime(scene, saying.later);
    await send(scene, saying, thread);
  },
});

/** A step: a focal point tries to send a message that the gateway must refuse with this code and a signed rejection. */
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
    const what = `refuses, with a signed rejection: ${code}`;
    timeline.tell({ place: 'gateway', who: houseOfRole(setting.houses, from).name, what });
  },
});

export interface AcknowledgingPlan {
  readonly chapter: string;
  /** The name of the message in the story. */
  readonly what: string;
  /** By default all its recipients. */
  readonly by?: readonly Role[];
  /** Minutes that pass before this step. */
  readonly later?: number;
  readonly leaves: ExpectedTurn;
}

/** A step: officers acknowledge an earlier message, and its sender is notified. */
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

/** Sends a message in the story's thread; the first message opens the thread. */
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

/** The officers of these focal points acknowledge, and the sender's own system is notified. */
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
