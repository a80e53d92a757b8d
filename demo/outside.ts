/** The systems outside the gateways. They use real protocols with the gateways, on free ports of loopback. */
import { type BotApi, startBotApi } from '../test/support/outside/bot-api.ts';
import { type MailServer, startMailServer } from '../test/support/outside/mail-server.ts';
import { startReceiver, type WebhookReceiver } from '../test/support/outside/receiver.ts';
import { CAST, SYSTEMS, type SystemRole } from './cast.ts';

export interface OutsideServers {
  readonly mail: MailServer;
  /** One for each gateway, with its own bot. */
  readonly bots: readonly BotApi[];
  readonly receivers: Readonly<Record<SystemRole, WebhookReceiver>>;
}

/** The token of a gateway's bot, by the index of the gateway. */
export const botTokenOf = (n: number): string => `${7_000_000 + n}:demo-bot-on-loopback-only`;

/** Starts all of them, or none. */
export async function startOutsideServers(
  gateways: number,
): Promise<OutsideServers & { close(): Promise<void> }> {
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
    const [mail, bots, servers] = await Promise.all([
      keep(startMailServer()),
      Promise.all(Array.from({ length: gateways }, (_, n) => keep(startBotApi({ token: botTokenOf(n) })))),
      Promise.all(SYSTEMS.map((role) => keep(startReceiver(`/${CAST[role].slug}/hooks`)))),
    ]);
    const receivers = Object.fromEntries(SYSTEMS.map((role, n) => [role, servers[n]]));
    return { mail, bots, receivers: receivers as Record<SystemRole, WebhookReceiver>, close };
  } catch (fault) {
    await close();
    throw fault;
  }
}
