/**
 * A story: a list of steps, told by what people and systems do and what comes back to them. Another story is another list
 * of steps in a file of its own under `stories/`.
 */

import { fetchStatus, type PartnerStatus } from '../test/support/outside/partner.ts';
import { waitUntil } from '../test/support/outside/until.ts';
import type { Scene } from './acts.ts';
import { type Company, listPhones } from './company.ts';
import { houseOfRole } from './houses.ts';
import { linkPhones } from './linking.ts';
import {
  type AcknowledgedMessage,
  createStoryThread,
  type StoryMessage,
  type StoryThread,
} from './thread.ts';
import { type ExpectedTurn, type ServedScene, tellTurn } from './turns.ts';

export interface Story {
  /** What it is about, for whoever watches. */
  readonly title: string;
  readonly company: Company;
  readonly steps: readonly StoryStep[];
}

/** One step: what somebody does, and what follows from it. */
export interface StoryStep {
  readonly chapter: string;
  /** Whose turn it is afterwards, and who has waited how long; both gateways must say so. Not asked where left out. */
  readonly leaves?: ExpectedTurn;
  /** Resolves once all of it has come true; what was sent is put down in the thread. */
  act(scene: ServedScene, thread: StoryThread): Promise<void>;
}

/** Plays a story to its end, in a setting that nobody has used yet. @returns what was sent, in order */
export async function playStory(scene: ServedScene, story: Story): Promise<readonly StoryMessage[]> {
  scene.timeline.chapter('Officers link their Telegram accounts, each with the bot of the own country');
  await linkPhones(scene, listPhones(story.company));
  const thread = createStoryThread();
  for (const step of story.steps) {
    scene.timeline.chapter(step.chapter);
    await step.act(scene, thread);
    const { chapter, leaves } = step;
    if (leaves !== undefined) await tellTurn(scene, thread, { chapter, leaves });
  }
  return thread.posted;
}

/** What the senders' gateways say of each message, once all is acknowledged. */
export const waitUntilAcknowledged = (
  scene: Scene,
  posted: readonly StoryMessage[],
): Promise<readonly AcknowledgedMessage[]> =>
  Promise.all(posted.map(async (one) => ({ ...one, status: await settledStatus(scene, one) })));

const settledStatus = (
  { setting, signal }: Scene,
  { from, id, isTakenBack }: StoryMessage,
): Promise<PartnerStatus> =>
  waitUntil(
    'the message to be acknowledged by all',
    async () => {
      const { url: gateway } = houseOfRole(setting.houses, from);
      const status = await fetchStatus({ gateway, accessKey: setting.accessKeys.get(from) ?? '' }, id);
      return isTakenBack === true || status.state === 'acknowledged' ? status : undefined;
    },
    signal,
  );
