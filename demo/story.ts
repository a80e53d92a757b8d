/**
 * A story: a list of steps. Each step says what people and systems do, and checks what they receive. Another story is
 * another list of steps in its own file in `stories/`.
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
  /** What the story is about, for the person who watches. */
  readonly title: string;
  readonly company: Company;
  readonly steps: readonly StoryStep[];
}

/** One step: what somebody does, and its effects. */
export interface StoryStep {
  readonly chapter: string;
  /**
   * Whose turn it is afterwards, and how long each side has been waited for; both gateways must report this. Not
   * checked if absent.
   */
  readonly leaves?: ExpectedTurn;
  /** Resolves after all effects of the step were seen; the sent message is added to the thread. */
  act(scene: ServedScene, thread: StoryThread): Promise<void>;
}

/** Plays a story to its end, in a fresh setting. @returns the sent messages, in order */
export async function playStory(scene: ServedScene, story: Story): Promise<readonly StoryMessage[]> {
  scene.timeline.chapter('Officers link their Telegram accounts, each with their own country’s bot');
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

/** What the senders' gateways report about each message, after all were acknowledged. */
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
