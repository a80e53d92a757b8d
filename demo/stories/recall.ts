/**
 * A report goes to a focal point that should not have it, and is recalled: its content is deleted, and the copies that
 * cannot be deleted are named.
 */

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

/** Both gateways have deleted the content. Mail and systems that had received it are out of reach, and are named. */
const GONE: StoryStep = {
  chapter: 'What is deleted, and what cannot be',
  act: async ({ served, timeline, signal }, thread) => {
    const report = findNamedMessage(thread, 'report');
    report.isTakenBack = true;
    for (const house of served) {
      const { file } = await makeCaseText(house.gateway, { id: report.id, contents: true });
      if (file.messages.some((one) => one.consignment !== undefined))
        throw new Error(`${house.name} still has the recalled content`);
      const what = 'has only digests and evidence of it left';
      timeline.tell({ place: 'gateway', who: house.name, what, message: report.id });
    }
    const { gateway, name } = houseOfRole(served, report.from);
    const left = await waitUntil(
      'the other side to name the copies out of its reach',
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
      const what = `names a copy that no gateway can delete: ${focalPoint?.name ?? 'a focal point'} had received it by ${channel}`;
      timeline.tell({ place: 'gateway', who: name, what, message: report.id });
    }
  },
};

export const RECALL: Story = {
  title:
    'a report is recalled: both gateways delete its content, and name the copies that they cannot delete',
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
      chapter: 'The attaché acknowledges it, the others have not yet done so',
      what: 'report',
      by: ['attache'],
      later: 20,
      leaves: expectTurn('immigration', 'acknowledge', { KH: 0, ID: 20 }),
    }),
    sendStep({
      chapter: 'The shelter recalls it: consent is withdrawn',
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
      chapter: 'Officers of all three focal points acknowledge the recall',
      what: 'recall',
      later: 10,
      leaves: expectNobody({ KH: 0, ID: 50 }),
    }),
  ],
};
