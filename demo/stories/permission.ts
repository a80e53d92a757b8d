/** A shelter's message under H2 is passed on to the police, but only after the shelter has permitted it. */

import { PERMISSION_FILE } from '../../src/domain/terms/permission.ts';
import { verifyMessage } from '../../src/seal/sealed-message.ts';
import { createKeyBook } from '../../test/support/outside/key-book.ts';
import type { Line } from '../../test/support/outside/partner.ts';
import { CAST } from '../cast.ts';
import { PHNOM_PENH_JAKARTA } from '../company.ts';
import { didOfRole } from '../houses.ts';
import { acknowledgeStep, sendRefusedStep, sendStep } from '../moves.ts';
import { REPORT } from '../script.ts';
import { enrolledPartnerOf } from '../setting.ts';
import type { Story, StoryStep } from '../story.ts';
import { findNamedMessage } from '../thread.ts';
import { expectNobody, expectTurn, type ServedScene } from '../turns.ts';

const restricted = { urgency: 'urgent', handling: 'H2', lang: 'en' } as const;

const TO_THE_POLICE: Line = {
  ...restricted,
  type: 'request',
  body: {
    kind: 'investigation',
    question: 'Please see to the compound that the attached report tells of.',
  },
};

const mayWe = ({ setting: { houses } }: ServedScene): Line => ({
  ...restricted,
  handling: 'H1',
  type: 'permission-request',
  body: {
    purpose: 'pass-on',
    third_party: { name: CAST.police.name, country: 'KH', focal_point: didOfRole(houses, 'police') },
    reason: 'Only the police can open the compound, where others may still be held.',
  },
});

const YOU_MAY: Line = {
  ...restricted,
  handling: 'H1',
  type: 'permission',
  body: { granted: true, conditions: 'Not to be named as the source before the three have left.' },
};

const SEEN_TO: Line = {
  ...restricted,
  type: 'reply',
  body: {
    kind: 'investigation',
    outcome: 'provided',
    reference: 'CONTOH-0417',
    answer: 'An investigation is open; the shelter is not named in it.',
    evaluation: { source: 'A', information: '2' },
  },
};

/** The police have the permission as the shelter signed it, and verify it without trusting anybody else. */
const VERIFIES: StoryStep = {
  chapter: 'The police verify the shelter’s permission themselves',
  act: async ({ setting, timeline }, thread) => {
    const { id } = findNamedMessage(thread, 'passed on');
    const files = enrolledPartnerOf(setting, 'police').inbox.messages.get(id)?.message.attachments ?? [];
    const [permission] = files.filter((one) => one.filename === PERMISSION_FILE);
    if (permission === undefined)
      throw new Error('the permission did not come with the message that it permits');
    const jws: unknown = JSON.parse(Buffer.from(permission.data.base64, 'base64url').toString('utf8'));
    const { from, id: granted } = await verifyMessage(jws, { keysOf: createKeyBook().signing });
    if (
      from !== didOfRole(setting.houses, 'shelter') ||
      granted !== findNamedMessage(thread, 'permission').id
    )
      throw new Error('the permission is not the one that the shelter gave');
    const what = `gets ${files.map((one) => one.filename).join(', ')}, and verifies the shelter’s own signature on the permission`;
    timeline.tell({ place: 'proof', who: CAST.police.name, what, message: id });
  },
};

export const PERMISSION: Story = {
  title: 'a shelter’s message under H2 is passed on to the police, but only after the shelter permits it',
  company: PHNOM_PENH_JAKARTA,
  steps: [
    sendStep({
      chapter:
        'A shelter in Phnom Penh reports to Putussibau; the report may be passed on only with permission (H2)',
      from: 'shelter',
      to: ['post'],
      line: { ...REPORT, handling: 'H2' },
      as: 'report',
      says: 'posts a report about three people',
      leaves: expectTurn('post', 'acknowledge', { KH: 0, ID: 0 }),
    }),
    acknowledgeStep({
      chapter: 'Putussibau acknowledges it',
      what: 'report',
      later: 20,
      leaves: expectNobody({ KH: 0, ID: 20 }),
    }),
    sendRefusedStep({
      chapter: 'Putussibau tries to pass it on to the police in Phnom Penh',
      from: 'post',
      to: ['police'],
      line: TO_THE_POLICE,
      passesOn: 'report',
      code: 'permission-needed',
      says: 'passes the report on to the police, without permission',
      leaves: expectNobody({ KH: 0, ID: 20 }),
    }),
    sendStep({
      chapter: 'Putussibau asks the shelter for permission',
      from: 'post',
      to: ['shelter'],
      line: mayWe,
      as: 'may we',
      about: 'report',
      says: 'asks for permission to pass it on, and names the third party',
      leaves: expectTurn('shelter', 'acknowledge', { KH: 0, ID: 20 }),
    }),
    acknowledgeStep({
      chapter: 'The shelter acknowledges the question, and has twelve hours to grant or refuse it',
      what: 'may we',
      later: 30,
      leaves: expectTurn('shelter', 'grant', { KH: 30, ID: 20 }),
    }),
    sendStep({
      chapter: 'Two hours later, the shelter permits it',
      from: 'shelter',
      to: ['post'],
      line: YOU_MAY,
      as: 'permission',
      about: 'may we',
      later: 120,
      says: 'grants the permission, with a condition',
      leaves: expectTurn('post', 'acknowledge', { KH: 150, ID: 20 }),
    }),
    acknowledgeStep({
      chapter: 'Putussibau acknowledges the permission',
      what: 'permission',
      later: 10,
      leaves: expectNobody({ KH: 150, ID: 30 }),
    }),
    sendStep({
      chapter: 'Now Putussibau sends the report and the permission to the police',
      from: 'post',
      to: ['police'],
      line: TO_THE_POLICE,
      as: 'passed on',
      passesOn: 'report',
      grant: 'permission',
      says: 'passes the report on to the police',
      leaves: expectTurn('police', 'acknowledge', { KH: 150, ID: 30 }),
    }),
    acknowledgeStep({
      chapter: 'The police acknowledge it with evidence signed by their own key',
      what: 'passed on',
      later: 30,
      leaves: expectTurn('police', 'answer', { KH: 180, ID: 30 }),
    }),
    VERIFIES,
    sendStep({
      chapter: 'A day later, the police answer',
      from: 'police',
      to: ['post'],
      line: SEEN_TO,
      as: 'seen to',
      about: 'passed on',
      later: 1_440,
      says: 'seals its answer and posts the consignment',
      leaves: expectTurn('post', 'acknowledge', { KH: 1_620, ID: 30 }),
    }),
    acknowledgeStep({
      chapter: 'Putussibau acknowledges it',
      what: 'seen to',
      later: 10,
      leaves: expectNobody({ KH: 1_620, ID: 40 }),
    }),
  ],
};
