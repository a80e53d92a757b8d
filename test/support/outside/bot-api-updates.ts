/** Sends updates to the bot's webhook, as Telegram does: in order for each chat, repeated until they are accepted. */
import { setTimeout as sleep } from 'node:timers/promises';
import { present } from '../../../src/domain/words/present.ts';
import type { BotWorld } from './bot-api-chats.ts';

/** Telegram repeats for a day; five minutes without success end a demo or a test. */
const GIVE_UP_MS = 300_000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;
const ONE_CALL_MS = 60_000;

export interface UpdateCourier {
  /** Resolves with true after the webhook has accepted the update, with false if it was given up. */
  bring(chat: number, content: Record<string, unknown>): Promise<boolean>;
}

/** `closed` ends all waiting. */
export function createUpdateCourier(world: BotWorld, closed: AbortSignal): UpdateCourier {
  const last = new Map<number, Promise<unknown>>();
  let updateId = 700_000_000;
  return {
    bring: (chat, content) => {
      updateId += 1;
      world.pending += 1;
      const body = JSON.stringify({ update_id: updateId, ...content });
      const before = last.get(chat) ?? Promise.resolve();
      const brought = before
        .then(() => untilTaken(world, body, closed))
        .finally(() => {
          world.pending -= 1;
        });
      last.set(chat, brought);
      return brought;
    },
  };
}

async function untilTaken(world: BotWorld, body: string, closed: AbortSignal): Promise<boolean> {
  let pause = FIRST_PAUSE_MS;
  for (let waited = 0; waited < GIVE_UP_MS && !closed.aborted; waited += pause) {
    if (await tried(world, body, closed)) return true;
    await sleep(pause, undefined, { signal: closed }).catch(() => {});
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
  return false;
}

/** One call of the webhook at its current address; the gateway may have started again at another one. */
async function tried(world: BotWorld, body: string, closed: AbortSignal): Promise<boolean> {
  if (world.webhook === undefined) return false;
  const { url, secret } = world.webhook;
  const headers = {
    'content-type': 'application/json',
    ...present({ 'x-telegram-bot-api-secret-token': secret === '' ? undefined : secret }),
  };
  try {
    const signal = AbortSignal.any([closed, AbortSignal.timeout(ONE_CALL_MS)]);
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
