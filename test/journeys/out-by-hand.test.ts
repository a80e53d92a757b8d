/** What a person took out of use stays out, in whatever order signs of life and acts of others arrive. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  disableEndpoint,
  enableEndpoint,
  findEndpoint,
  removeEndpoint,
} from '../../src/entry/enrolling/endpoints.ts';
import { unlinkAccount } from '../../src/flow/endpoint/linking.ts';
import { type AllChannels, makeAllChannels } from '../support/all-channels.ts';
import { eachOf } from '../support/each-of.ts';
import { makeChatCode } from '../support/pins.ts';
import {
  fetchEvents,
  fetchMessageStatus,
  listPostedTo,
  makeReportPost,
  postMessage,
} from '../support/story.ts';
import { bringCode } from '../support/telegram-house.ts';

const [OLD, NEW, THIRD] = [5550401, 5550402, 5550403];
const DAY = 86_400;

let all: AllChannels;
beforeEach(async () => {
  all = await makeAllChannels();
});
afterEach(() => all?.close());

const at = async (chat: number) => {
  const [one] = await all.house.gateway.store.endpoints.endpointsAt('telegram', String(chat));
  if (one === undefined) throw new Error('no such account');
  return one;
};
const shown = (chat: number) => all.api.messagesIn(chat).length;
const buttonsOf = (chat: number, id?: string) =>
  all.api
    .messagesIn(chat)
    .filter((one) => id === undefined || one.text?.includes(id.slice(-8).toUpperCase()))
    .flatMap((one) =>
      (one.reply_markup?.inline_keyboard.flat() ?? []).map((button) => ({ message: one.message_id, button })),
    );
type Person = Awaited<ReturnType<AllChannels['telegram']>>;
const undoOf = (chat: number) => {
  const found = buttonsOf(chat).find(({ button }) => button.callback_data?.startsWith('u:'));
  if (found === undefined) throw new Error('nothing to undo');
  return async (person: Person) => {
    await person.tap(found.message, found.button.callback_data ?? '');
    await all.house.drain();
  };
};

test('undoing a link restores no account that an operator took out since, nor one that ended a day ago', async () => {
  const { gateway } = all.house;
  await all.telegram('o1', OLD);
  const next = await all.telegram('o1', NEW);
  const undo = undoOf(NEW);
  expect((await at(OLD)).off).toMatchObject({ code: 'replaced' });
  expect(await disableEndpoint(gateway, await at(OLD))).toBe(true);
  await undo(next);
  expect([(await at(NEW)).enabled, (await at(OLD)).off?.code]).toEqual([false, 'operator']);

  // The same where the link is agreed to while the operator takes the account out.
  expect(await unlinkAccount(gateway, await at(OLD), 'replaced')).toBe(false);
  expect((await at(OLD)).off?.code).toBe('operator');

  await enableEndpoint(gateway, await at(OLD));
  const again = await all.telegram('o1', NEW);
  const later = undoOf(NEW);
  all.house.pass(DAY + 60);
  await later(again);
  expect([(await at(NEW)).off?.code, (await at(OLD)).off?.code]).toEqual(['unlinked', 'replaced']);
  // Pressed once more, and by somebody whom it does not belong to, it changes nothing.
  await later(again);
  expect([(await at(NEW)).enabled, (await at(OLD)).enabled]).toEqual([false, false]);
});

test('undoing an account that still waits for the focal point restores none that another one replaced', async () => {
  await all.telegram('o1', OLD);
  await all.telegram('o1', NEW);
  const draft = { channel: 'telegram', shows: 'notice', lang: 'id', officer: 'o1' } as const;
  const code = await makeChatCode(all.house, { ...draft, focalPoint: all.designation().focal_point });
  const third = await bringCode(all, THIRD, code);
  expect((await at(THIRD)).off?.code).toBe('waiting');
  await undoOf(THIRD)(third);
  expect((await at(THIRD)).off?.code).toBe('unlinked');
  expect([(await at(OLD)).off?.code, (await at(NEW)).enabled]).toEqual(['replaced', true]);
});

test('an account that ended or was removed gets nothing, can send nothing and cannot restore itself', async () => {
  const { gateway } = all.house;
  const wira = await all.telegram('o1', OLD);
  const id = await postMessage(all.shelter, makeReportPost(['desk']));
  await all.house.drain();
  const accept = buttonsOf(OLD, id).find(({ button }) => button.callback_data?.startsWith('a:'));
  const { id: endpoint } = await at(OLD);
  await removeEndpoint(gateway, await findEndpoint(gateway, endpoint));
  const before = shown(OLD);
  for (const act of [
    () => wira.tap(accept?.message ?? 0, accept?.button.callback_data ?? ''),
    () => wira.block(),
    () => wira.unblock(),
    () => wira.start(),
  ]) {
    await act();
    await all.house.drain();
  }
  expect(await fetchEvents(all.shelter, id)).not.toContain('ConsignmentAcceptance');
  const kept = await gateway.store.endpoints.findEndpoint(endpoint);
  expect([kept?.enabled, kept?.off?.code]).toEqual([false, 'removed']);
  await expect(findEndpoint(gateway, endpoint)).rejects.toMatchObject({ code: 'not-found' });
  expect(kept && (await unlinkAccount(gateway, kept, 'unlinked'))).toBe(false);
  expect((await gateway.store.endpoints.findEndpoint(endpoint))?.off?.code).toBe('removed');
  for (const text of eachOf(all.api.messagesIn(OLD).slice(before)))
    expect(text.text).not.toContain(id.slice(-8).toUpperCase());
});

test.each([410, 200])(
  'a webhook taken out during its call stays out, whatever it answers: %d',
  async (status) => {
    const { gateway } = all.house;
    const endpoint = await all.hook('/desk');
    all.peer.answer(async (response, call) => {
      if (call.url === '/desk') await disableEndpoint(gateway, await findEndpoint(gateway, endpoint));
      response.writeHead(call.url === '/desk' ? status : 200).end();
    });
    const id = await postMessage(all.shelter, makeReportPost(['desk']));
    await all.house.drain();
    expect((await gateway.store.endpoints.findEndpoint(endpoint))?.off?.code).toBe('operator');
    // Seen as it went: what was taken was taken, and what was refused waits or failed; neither comes again by itself.
    const [{ state }] = (await fetchMessageStatus(all.shelter, id)).recipients[0].deliveries;
    expect(state).toBe(status === 200 ? 'delivered' : 'failed');
    const calls = listPostedTo(all.peer, '/desk').length;
    for (let hour = 0; hour < 5; hour += 1) {
      all.house.pass(3_600);
      await all.house.drain();
    }
    expect(listPostedTo(all.peer, '/desk')).toHaveLength(calls);
    expect((await gateway.store.endpoints.findEndpoint(endpoint))?.enabled).toBe(false);
  },
);
