/**
 * How the officers of a focal point link their phones: the first one is in use at once; each further one after a
 * colleague confirms it.
 */

import { waitUntil } from '../test/support/outside/until.ts';
import { linkAccount, openProvenPage, type Scene } from './acts.ts';
import type { Phone } from './cast.ts';
import { houseOfRole } from './houses.ts';

/** Links all phones; those of one focal point one after the other. */
export async function linkPhones(scene: Scene, phones: readonly Phone[]): Promise<void> {
  const focalPoints = [...Map.groupBy(phones, (one) => one.role).values()];
  await Promise.all(
    focalPoints.map(async ([first, ...further]) => {
      if (first === undefined) return;
      await linkAccount(scene, first);
      for (const phone of further) {
        await linkAccount(scene, phone);
        await confirmColleague(scene, first, phone);
      }
    }),
  );
}

/** An officer opens the page behind the bot's question, sees who was added, and confirms it. */
async function confirmColleague(scene: Scene, officer: Phone, colleague: Phone): Promise<void> {
  const { setting, timeline, signal } = scene;
  const { bot } = houseOfRole(setting.houses, officer.role);
  const page = await waitUntil(
    `${officer.officer.name} to be asked of ${colleague.officer.name}`,
    async () => {
      const buttons = bot
        .messagesIn(officer.account.id)
        .flatMap((one) => one.reply_markup?.inline_keyboard.flat() ?? []);
      const link = buttons.findLast(({ url }) => url?.includes('/c/'))?.url;
      const opened = link === undefined ? undefined : await openProvenPage(link);
      return opened?.html.includes(colleague.officer.name) ? opened : undefined;
    },
    signal,
  );
  const answer = await page.press({ decision: 'confirmed' });
  if (answer.status !== 200) throw new Error(`the page to confirm answered ${answer.status}`);
  timeline.tell({
    place: 'page',
    who: officer.officer.name,
    what: `sees that the account of ${colleague.officer.name} was added for the focal point, and confirms it: it is in use from now on`,
  });
}
