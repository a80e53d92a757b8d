/**
 * A story: a list of steps, told by what people and systems do and what comes back to them. Another story is another list
 * of steps in a file of its own under `stories/`.
 */

import { readStatus, type Status } from '../test/support/outside/partner.ts';
import { until } from '../test/support/outside/until.ts';
import type { Scene } from './acts.ts';
import { type Company, phonesOf } from './company.ts';
import { homeOf } from './houses.ts';
import { linkPhones } from './linking.ts';
import { newThread, type Posted, type Sent, type Thread } from './thread.ts';
import { type Playing, type Standing, tellTurn } from './turns.ts';

export interface Story {
  /** What it is about, for whoever watches. */
  readonly title: string;
  readonly company: Company;
  readonly steps: readonly Step[];
}

/** One step: what somebody does, and what follows from it. */
export interface Step {
  readonly chapter: string;
  /** Whose turn it is afterwards, and who has waited how long; both gateways must say so. Not asked where left out. */
  readonly leaves?: Standing;
  /** Resolves once all of it has come true; what was sent is put down in the thread. */
  act(scene: Playing, thread: Thread): Promise<void>;
}

/** Plays a story to its end, in a setting that nobody has used yet. @returns what was sent, in order */
export async function play(scene: Playing, story: Story): Promise<readonly Posted[]> {
  scene.timeline.chapter('Officers link their Telegram accounts, each with the bot of the own country');
  await linkPhones(scene, phonesOf(story.company));
  const thread = newThread();
  for (const step of story.steps) {
    scene.timeline.chapter(step.chapter);
    await step.act(scene, thread);
    const { chapter, leaves } = step;
    if (leaves !== undefined) await tellTurn(scene, thread, { chapter, leaves });
  }
  return thread.posted;
}

/** What the senders' gateways say of each message, once all is acknowledged. */
export const settled = (scene: Scene, posted: readonly Posted[]): Promise<readonly Sent[]> =>
  Promise.all(posted.map(async (one) => ({ ...one, status: await settledStatus(scene, one) })));

const settledStatus = ({ setting, signal }: Scene, { from, id, isTakenBack }: Posted): Promise<Status> =>
  until(
    'the message to be acknowledged by all',
    async () => {
      const { url: gateway } = homeOf(setting.houses, from);
      const status = await readStatus({ gateway, accessKey: setting.accessKeys.get(from) ?? '' }, id);
      return isTakenBack === true || status.state === 'acknowledged' ? status : undefined;
    },
    signal,
  );
