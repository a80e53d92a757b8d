/** The moves that stories are made of: somebody writes, officers take what came, time passes. */

import { present } from '../src/domain/words/present.ts';
import { chance } from '../src/entry/chance.ts';
import { Refused } from '../test/support/outside/insist.ts';
import type { Line, Receipt } from '../test/support/outside/partner.ts';
import { until } from '../test/support/outside/until.ts';
import { acknowledge, type Scene } from './acts.ts';
import { CAST, isSystem, type Role } from './cast.ts';
import { homeOf } from './houses.ts';
import { passes } from './passing.ts';
import { partnerOf, type Writer, writerOf } from './setting.ts';
import type { Step } from './story.ts';
import { named, type Posted, type Thread } from './thread.ts';
import type { Playing, Standing } from './turns.ts';

/** What a message needs to be sent. */
export interface Saying {
  readonly chapter: string;
  readonly from: Writer;
  readonly to: readonly Role[];
  readonly line: Line | ((playing: Playing) => Line);
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
  readonly leaves?: Standing;
}

/** The step in which a message is sent, everybody it is for acknowledges, and the sender is told so. */
export const said = (saying: Saying): Step => ({
  ...stepOf(saying),
  act: async (scene, thread) => {
    const posted = await send(scene, saying, thread);
    await taken(scene, posted, posted.to);
  },
});

/** The step in which a message is sent, and nobody has done anything about it yet. */
export const writes = (saying: Saying & { readonly leaves: Standing }): Step => ({
  ...stepOf(saying),
  act: async (scene, thread) => {
    await passes(scene, saying.later);
    await send(scene, saying, thread);
  },
});

/** The step in which somebody tries to send what the gateway must refuse, by this code, and says so under its signature. */
export const refused = (saying: Saying & { readonly code: string; readonly leaves: Standing }): Step => ({
  ...stepOf(saying),
  act: async (scene, thread) => {
    const { from, code, says } = saying;
    const fault = await post(scene, saying, thread).then(
      () => undefined,
      (one: unknown) => one,
    );
    if (!(fault instanceof Refused) || fault.code !== code || !fault.isSigned)
      throw fault instanceof Error ? fault : new Error(`the gateway did not refuse: ${says}`);
    const { timeline, setting } = scene;
    timeline.tell({ place: 'webhook', who: CAST[from].name, what: says });
    const what = `refuses, under its signature: ${code}`;
    timeline.tell({ place: 'gateway', who: homeOf(setting.houses, from).name, what });
  },
});

export interface Taking {
  readonly chapter: string;
  /** What the story calls the message. */
  readonly what: string;
  /** Everybody it was sent to where left out. */
  readonly by?: readonly Role[];
  /** Minutes that pass before. */
  readonly later?: number;
  readonly leaves: Standing;
}

/** The step in which officers acknowledge what was sent before, and its sender is told so. */
export const takes = ({ what, by, later, ...step }: Taking): Step => ({
  ...step,
  act: async (scene, thread) => {
    await passes(scene, later);
    const posted = named(thread, what);
    await taken(scene, posted, by ?? posted.to);
  },
});

const stepOf = ({ chapter, leaves }: Saying): Pick<Step, 'chapter' | 'leaves'> => ({
  chapter,
  ...present({ leaves }),
});

/** Sends a message in the story's thread, which the first one opens. */
async function send(scene: Playing, saying: Saying, thread: Thread): Promise<Posted> {
  const { from, to, as } = saying;
  const { id, thid } = await post(scene, saying, thread);
  const posted = { from, to, id, thid };
  thread.thid = thid;
  thread.posted.push(posted);
  if (as !== undefined) thread.named.set(as, posted);
  return posted;
}

async function post(playing: Playing, saying: Saying, thread: Thread): Promise<Receipt> {
  const { setting, timeline } = playing;
  const { from, to, line, says, about, passesOn, grant } = saying;
  const receipt = await writerOf(setting, from).post(
    {
      ...(typeof line === 'function' ? line(playing) : line),
      to: to.map((role) => CAST[role].slug),
      ...present({
        thid: thread.thid,
        about: about === undefined ? undefined : named(thread, about).id,
        passes_on: passesOn === undefined ? undefined : named(thread, passesOn).id,
        grant: grant === undefined ? undefined : named(thread, grant).id,
      }),
    },
    chance.newId(),
  );
  timeline.tell({ place: 'webhook', who: CAST[from].name, what: says, message: receipt.id });
  timeline.tell({
    place: 'gateway',
    who: homeOf(setting.houses, from).name,
    what: 'accepts it and signs the receipt',
    message: receipt.id,
  });
  return receipt;
}

/** The officers at these desks acknowledge, and the sender is told of it in its own system, without asking. */
async function taken(scene: Scene, { id, from }: Posted, by: readonly Role[]): Promise<void> {
  await Promise.all(by.map((role) => acknowledge(scene, role, id)));
  if (!isSystem(from)) return;
  const { inbox } = partnerOf(scene.setting, from);
  const slugs = by.map((role) => `:${CAST[role].slug}`);
  await until(
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
