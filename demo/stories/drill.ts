/** An exercise: a drill goes to the other side and back, an officer taps on each side, and the times are scored. */

import { makeScoreDocument, sendDrill } from '../../src/cli/drill.ts';
import { waitUntil } from '../../test/support/outside/until.ts';
import { CAST } from '../cast.ts';
import { PHNOM_PENH_JAKARTA } from '../company.ts';
import { didOfRole, houseOfRole } from '../houses.ts';
import { acknowledgeStep } from '../moves.ts';
import type { Story, StoryStep } from '../story.ts';
import type { StoryMessage, StoryThread } from '../thread.ts';
import { expectNobody, expectTurn, readThread, type ServedScene } from '../turns.ts';

const keep = (thread: StoryThread, name: string, posted: StoryMessage): void => {
  thread.thid = posted.thid;
  thread.posted.push(posted);
  thread.named.set(name, posted);
};

const STARTS: StoryStep = {
  chapter: 'Phnom Penh begins an exercise; every page and message says that it is one',
  leaves: expectTurn('post', 'acknowledge', { KH: 0, ID: 0 }),
  act: async ({ served, setting, timeline }, thread) => {
    const { gateway, name } = houseOfRole(served, 'desk');
    const { id, thid } = await sendDrill(gateway, {
      from: didOfRole(setting.houses, 'desk'),
      to: didOfRole(setting.houses, 'post'),
      name: 'Exercise Rumdoul',
      urgency: 'urgent',
    });
    keep(thread, 'drill', { from: 'desk', to: ['post'], id, thid });
    timeline.tell({ place: 'gateway', who: name, what: `sends a drill for ${CAST.desk.name}`, message: id });
  },
};

/** The drill that returned by itself after the other officer had tapped. */
const returned = async (playing: ServedScene, thread: StoryThread): Promise<StoryMessage> => {
  const found = await waitUntil(
    'the drill to come back',
    async () => {
      const { messages } = await readThread(playing, 'desk', thread);
      return messages.find((one) => one.from === didOfRole(playing.setting.houses, 'post'));
    },
    playing.signal,
  );
  return { from: 'post', to: ['desk'], id: found.id, thid: thread.thid ?? '' };
};

const out = acknowledgeStep({
  chapter: 'Twenty minutes later, an officer at Putussibau taps; the drill returns automatically',
  what: 'drill',
  later: 20,
  leaves: expectTurn('desk', 'acknowledge', { KH: 0, ID: 0 }),
});

const OUT: StoryStep = {
  ...out,
  act: async (playing, thread) => {
    await out.act(playing, thread);
    keep(thread, 'returned', await returned(playing, thread));
  },
};

const SCORED: StoryStep = {
  chapter: 'Both gateways score it from the same evidence',
  act: async ({ served, timeline, signal }, thread) => {
    const score = await waitUntil(
      'both gateways to say that the drill was passed',
      async () => {
        const thid = thread.thid ?? '';
        const scores = await Promise.all(served.map(({ gateway }) => makeScoreDocument(gateway, thid)));
        const [one] = scores;
        const isSame = new Set(scores.map((each) => JSON.stringify(each))).size === 1;
        return isSame && one?.verdict === 'passed' ? one : undefined;
      },
      signal,
    );
    for (const way of score.ways) {
      const steps = way.steps.map(({ step, seconds }) => `${step} after ${Math.floor(seconds / 60)} min`);
      timeline.tell({
        place: 'proof',
        who: `${way.from} to ${way.to}`,
        what: steps.join(', '),
        message: way.message,
      });
    }
    timeline.tell({
      place: 'proof',
      who: 'Both gateways',
      what: 'report: passed, nobody was late; drills are not in the figures',
    });
  },
};

export const DRILL: Story = {
  title: 'a drill from Phnom Penh to Putussibau and back, to an officer’s tap on each side, and its score',
  company: PHNOM_PENH_JAKARTA,
  steps: [
    STARTS,
    OUT,
    acknowledgeStep({
      chapter: 'Ten minutes later, an officer in Phnom Penh taps',
      what: 'returned',
      later: 10,
      leaves: expectNobody({ KH: 0, ID: 0 }),
    }),
    SCORED,
  ],
};
