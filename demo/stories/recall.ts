/** A report goes to a desk that should not have it, and is taken back: content goes, and what cannot go is named. */

import { makeCaseText } from '../../src/cli/export.ts';
import { makeUnpurgedDocument } from '../../src/cli/retain.ts';
import type { Line } from '../../test/support/outside/partner.ts';
import { waitUntil } from '../../test/support/outside/until.ts';
import { CAST } from '../cast.ts';
import { PHNOM_PENH_JAKARTA } from '../company.ts';
import { houseOfRole } from '../houses.ts';
import { acknowledgeStep, sendStep } from '../moves.ts';
import { REPORT } from '../script.ts';
import type { Story, StoryStep } from '../story.ts';
import { findNamedMessage } from '../thread.ts';
import { expectNobody, expectTurn } from '../turns.ts';

const TAKEN_BACK: Line = {
  type: 'recall',
  urgency: 'urgent',
  handling: 'H1',
  lang: 'en',
  body: {
    reason: 'consent-withdrawn',
    detail: 'Two of the three no longer agree that the report is shared.',
  },
};

const ABROAD = ['attache', 'immigration', 'post'] as const;

/** Both gateways hold nothing of it any more; mail and systems that had it already are out of reach, and named. */
const GONE: StoryStep = {
  chapter: 'What is gone, and what is not',
  act: async ({ served, timeline, signal }, thread) => {
    const report = findNamedMessage(thread, 'report');
    report.isTakenBack = true;
    for (const house of served) {
      const { file } = await makeCaseText(house.gateway, { id: report.id, contents: true });
      if (file.messages.some((one) => one.consignment !== undefined))
        throw new Error(`${house.name} still holds what was taken back`);
      const what = 'holds nothing of it any more but digests and evidence';
      timeline.tell({ place: 'gateway', who: house.name, what, message: report.id });
    }
    const { gateway, name } = houseOfRole(served, report.from);
    const left = await waitUntil(
      'the other side to name what is out of its reach',
      async () => {
        const {
          recalls: [one],
        } = await makeUnpurgedDocument(gateway);
        const channels = one?.unpurged.map(({ channel }) => channel).sort() ?? [];
        return channels.join() === 'email,webhook' ? one?.unpurged : undefined;
      },
      signal,
    );
    for (const { channel, to } of left) {
      const focalPoint = ABROAD.map((role) => CAST[role]).find(({ slug }) => to.endsWith(`:fp:${slug}`));
      const what = `names what no gateway can take back: ${channel} that ${focalPoint?.name ?? 'a desk'} had already`;
      timeline.tell({ place: 'gateway', who: name, what, message: report.id });
    }
  },
};

export const RECALL: Story = {
  title: 'a report is taken back: its content goes at both gateways, and what cannot go is named',
  company: PHNOM_PENH_JAKARTA,
  steps: [
    sendStep({
      chapter: 'A shelter in Phnom Penh reports three stranded Indonesian citizens',
      from: 'shelter',
      to: ABROAD,
      line: REPORT,
      as: 'report',
      says: 'posts a report about three people',
      leaves: expectTurn('attache', 'acknowledge', { KH: 0, ID: 0 }),
    }),
    acknowledgeStep({
      chapter: 'The attaché has read it, the others not yet',
      what: 'report',
      by: ['attache'],
      later: 20,
      leaves: expectTurn('immigration', 'acknowledge', { KH: 0, ID: 20 }),
    }),
    sendStep({
      chapter: 'The shelter takes it back: consent is withdrawn',
      from: 'shelter',
      to: ABROAD,
      line: TAKEN_BACK,
      as: 'recall',
      about: 'report',
      later: 20,
      says: 'recalls the report',
      leaves: expectTurn('attache', 'acknowledge', { KH: 0, ID: 40 }),
    }),
    GONE,
    acknowledgeStep({
      chapter: 'Officers at all three desks take the recall',
      what: 'recall',
      later: 10,
      leaves: expectNobody({ KH: 0, ID: 50 }),
    }),
  ],
};
