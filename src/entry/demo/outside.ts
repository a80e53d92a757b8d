/** What stands outside the gateway and speaks real protocols with it, on free ports of loopback. */
import { type BotApi, startBotApi } from './bot-api.ts';
import { CAST, SYSTEMS, type SystemRole } from './cast.ts';
import { type MailServer, startMailServer } from './mail-server.ts';
import { type Receiver, startReceiver } from './receiver.ts';

export interface Outside {
  readonly mail: MailServer;
  readonly bot: BotApi;
  readonly receivers: Readonly<Record<SystemRole, Receiver>>;
}

export const BOT_TOKEN = '7000000:demo-bot-on-loopback-only';

/** Starts all of it, or nothing. */
export async function startOutside(): Promise<Outside & { close(): Promise<void> }> {
  const started: { close(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(started.map((one) => one.close()));
  };
  const keep = async <T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const one = await starting;
    started.push(one);
    return one;
  };
  try {
    const [mail, bot, ...servers] = await Promise.all([
      keep(startMailServer()),
      keep(startBotApi({ token: BOT_TOKEN })),
      ...SYSTEMS.map((role) => keep(startReceiver(`/${CAST[role].slug}/hooks`))),
    ]);
    const receivers = Object.fromEntries(SYSTEMS.map((role, n) => [role, servers[n]]));
    return { mail, bot, receivers: receivers as Record<SystemRole, Receiver>, close };
  } catch (fault) {
    await close();
    throw fault;
  }
}
