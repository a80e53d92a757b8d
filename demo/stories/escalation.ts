/** Nobody at Putussibau answers an urgent report: who is notified, and when, up to the supervisors of both sides. */

import { waitUntil } from '../../test/support/outside/until.ts';
import { acknowledgeByChat, type Scene } from '../acts.ts';
import { type Phone, phoneOfRole } from '../cast.ts';
import { PUTUSSIBAU_ESCALATION } from '../company.ts';
import { houseOfRole } from '../houses.ts';
import { sendStep } from '../moves.ts';
import { passTime, waitUntilQuiet } from '../passing.ts';
import { REPORT } from '../script.ts';
import { enrolledPartnerOf } from '../setting.ts';
import type { Story, StoryStep } from '../story.ts';
import { findNamedMessage } from '../thread.ts';
import { expectNobody, expectTurn } from '../turns.ts';

const colleague = (role: Phone['role'], rank: Phone['officer']['role']): Phone => {
  const found = (PUTUSSIBAU_ESCALATION.colleagues ?? []).find(
    (one) => one.role === role && one.officer.role === rank,
  );
  if (found === undefined) throw new Error('the company has no such colleague');
  return found;
};

const OFFICER = phoneOfRole('post');
const COLLEAGUE = colleague('post', 'officer');
const DEPUTY = colleague('post', 'deputy');
const SUPERVISOR = colleague('post', 'supervisor');
const THEIR_SUPERVISOR = colleague('shelter', 'supervisor');

const messagesOn = ({ setting: { houses } }: Scene, { role, account }: Phone): number =>
  houseOfRole(houses, role).bot.messagesIn(account.id).length;

interface Ringing {
  readonly chapter: string;
  /** Minutes that pass before this step. */
  readonly later: number;
  /** The phones that ring then. */
  readonly rings: readonly Phone[];
  /** The minutes for which Putussibau has been waited for. */
  readonly waited: number;
  /** The deadline has passed, and the sender gets signed evidence of it. */
  readonly expires?: true;
}

/** A step in which time passes and phones ring; it stays Putussibau’s turn. */
const rings = ({ chapter, later, rings: phones, waited, expires }: Ringing): StoryStep => ({
  chapter,
  leaves: expectTurn('post', 'acknowledge', { KH: 0, ID: waited }),
  act: async (playing, thread) => {
    await waitUntilQuiet(playing);
    const before = phones.map((phone) => messagesOn(playing, phone));
    await passTime(playing, later);
    const rang = (): true | undefined =>
      phones.every((phone, n) => messagesOn(playing, phone) > (before[n] ?? 0)) ? true : undefined;
    await waitUntil('the phones to ring', rang, playing.signal);
    if (expires !== true) return;
    const { id } = findNamedMessage(thread, 'report');
    const { inbox } = enrolledPartnerOf(playing.setting, 'shelter');
    const told = (): true | undefined =>
      inbox.evidence.some((one) => one.consignment === id && one.event === 'AcceptanceRejectionExpiry')
        ? true
        : undefined;
    await waitUntil('the shelter to be told that the time ran out', told, playing.signal);
  },
});

const TAKES: StoryStep = {
  chapter: 'The supervisor at Putussibau reads the report and acknowledges it',
  leaves: expectNobody({ KH: 0, ID: 250 }),
  act: async (playing, thread) => {
    await passTime(playing, 10);
    await acknowledgeByChat(playing, SUPERVISOR, findNamedMessage(thread, 'report').id);
  },
};

export const ESCALATION: Story = {
  title:
    'nobody answers an urgent report: reminders, a colleague, the deputy, and the supervisors of both sides',
  company: PUTUSSIBAU_ESCALATION,
  steps: [
    sendStep({
      chapter: 'A shelter in Phnom Penh reports to Putussibau; two hours to acknowledge',
      from: 'shelter',
      to: ['post'],
      line: REPORT,
      as: 'report',
      says: 'posts a report about three people',
      leaves: expectTurn('post', 'acknowledge', { KH: 0, ID: 0 }),
    }),
    rings({
      chapter: 'Half of the time has passed: the officer is reminded',
      later: 60,
      rings: [OFFICER],
      waited: 60,
    }),
    rings({
      chapter: 'The deadline has passed: the officer is reminded again, and the shelter gets signed evidence',
      later: 60,
      rings: [OFFICER],
      waited: 120,
      expires: true,
    }),
    rings({
      chapter: 'Half an hour late: a colleague gets the report',
      later: 30,
      rings: [COLLEAGUE],
      waited: 150,
    }),
    rings({
      chapter: 'An hour late: the deputy is notified',
      later: 30,
      rings: [DEPUTY],
      waited: 180,
    }),
    rings({
      chapter: 'Two hours late, as long as the time allowed: the supervisors of both sides are notified',
      later: 60,
      rings: [SUPERVISOR, THEIR_SUPERVISOR],
      waited: 240,
    }),
    TAKES,
  ],
};
