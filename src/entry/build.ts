/** Building: settings and a runtime's own parts become one gateway. */

import { createRelayAdapter } from '../../adapters/relay/adapter.ts';
import type { TelegramFetch } from '../../adapters/telegram/bot.ts';
import { createWebhookAdapter } from '../../adapters/webhook/adapter.ts';
import { type CallLimits, createCallLimits } from '../call-limits.ts';
import {
  type MailSettings,
  type MetricsSettings,
  nameSettingInFault,
  readMailSettings,
  readTelegramSettings,
  type Settings,
  type SettingValues,
} from '../config/settings.ts';
import type { Adapter } from '../domain/carriage/adapter.ts';
import type { OutboundFetch } from '../domain/carriage/outbound-fetch.ts';
import { GATEWAY_OPERATOR } from '../domain/evidence/operator-act.ts';
import type { LetterWriter } from '../domain/message/letter.ts';
import type { Channel } from '../domain/party/channel.ts';
import { didOfGateway, type PublicJwk } from '../domain/party/designation.ts';
import { Refusal } from '../domain/words/error.ts';
import { BODY_LIMITS, type Bodies, createBodies } from '../domain/words/held-body.ts';
import type { Phrases } from '../domain/words/phrases.ts';
import { present } from '../domain/words/present.ts';
import { findPartner, readSecrets } from '../flow/directory/partner-secrets.ts';
import { raiseGrantAlarm } from '../flow/ledger/grant-alarm.ts';
import { createGrantGuard, createMemoryHead, type HeadKeeper } from '../flow/operator/guard.ts';
import type { Gateway, MetricsAccess } from '../gateway.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { createPartsBoard, type PartsBoard } from '../parts.ts';
import { createPeerSigns, type PeerSigns } from '../peer-signs.ts';
import { createRefusalCounter, type RefusalCounter } from '../refusals.ts';
import { type Anchor, readAnchor } from '../seal/authority.ts';
import { makeCallSigner } from '../seal/gateway-statement.ts';
import { type HeavyWorkChooser, useThisThread } from '../seal/heavy-work.ts';
import { importSigningKey, readPrivateJwk } from '../seal/keys.ts';
import type { MailboxJudge } from '../seal/mail-trust.ts';
import type { Guard } from '../store/guard.ts';
import type { Store } from '../store/store.ts';
import type { ChanceSource } from './chance.ts';
import { makeMasterRing } from './master-ring.ts';

/** What differs between runtimes. */
export interface GatewayRuntime {
  readonly store: Store;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Where the gateway is built anew for each request: what was counted for those before. */
  readonly limits?: CallLimits;
  readonly refusals?: RefusalCounter;
  readonly life?: PeerSigns;
  /** Where what the gateway is built over can stop working, too. */
  readonly parts?: PartsBoard;
  readonly translate: Phrases;
  readonly now: () => Date;
  readonly chance: ChanceSource;
  /** How far the operator's log was seen; held in memory where left out. */
  readonly head?: HeadKeeper;
  /** Who acts, where somebody does; the program itself where left out. */
  readonly operator?: string;
  /** Where what others post is held; in memory alone where left out. */
  readonly bodies?: Bodies;
  /** Where the seal of a large message is worked on; in place where left out. */
  readonly heavyFor?: HeavyWorkChooser;
  /** Outgoing calls to partners and other gateways: refuses addresses that are not public. */
  readonly fetch: OutboundFetch;
  readonly telegramFetch: TelegramFetch;
  /** The master keys as they are kept now, the one that counts first, where that can be asked again while the gateway runs. */
  readonly masterKeys?: () => readonly (string | undefined)[];
  /** The evidence keys as they are kept now, where that can be asked again while the gateway runs. */
  readonly gatewayKeys?: () => readonly PublicJwk[];
  /** Who may vouch for the mailboxes of a country; nobody where the runtime has no mail. */
  readonly mailboxes: MailboxJudge;
  /** Makes formal letters; absent where the runtime has no typesetter. */
  readonly writeLetter?: LetterWriter;
  /** Makes the e-mail channel; absent where the runtime has no SMTP. */
  readonly mail?: (settings: MailSettings) => Promise<Adapter>;
}

/** The gateway's own certificates, where it uses them. */
const certificatesOf = (settings: Settings, values: SettingValues): Gateway['certificates'] => {
  const pem = settings.channels.includes('email') ? values['AMANAT_MAIL_CERTIFICATE'] : undefined;
  return pem === undefined ? [] : [{ name: 'gateway', pem }];
};

const accessTo = ({ listen, key }: MetricsSettings): MetricsAccess => ({
  own: listen !== undefined,
  ...present({ key }),
});

/** A channel that was asked for and did not start, and what is missing. */
export interface ChannelNotStarted {
  readonly channel: Channel;
  readonly code: string;
  readonly detail: string;
}

export interface BuiltGateway {
  readonly gateway: Gateway;
  readonly notStarted: readonly ChannelNotStarted[];
}

type Make = (gateway: Gateway, values: SettingValues, runtime: GatewayRuntime) => Promise<Adapter>;

/** The channels, in the order people see them. A new channel is one line here; its libraries load where it is on. */
const CHANNEL_MAKERS: readonly (readonly [Channel, Make])[] = [
  [
    'webhook',
    async (gateway, _values, { fetch, now }) =>
      createWebhookAdapter({
        fetch,
        now,
        bodies: gateway.bodies,
        heavyFor: gateway.heavyWorkFor,
        secretsOf: (slug) => findPartner(gateway, slug),
        isWelcome: (focalPoint) => gateway.limits.take('focal-point', focalPoint),
        signersOf: (endpoint) => readSecrets(gateway, endpoint, 'webhook-outbound'),
      }),
  ],
  [
    'telegram',
    async ({ bodies }, values, { telegramFetch, translate: words }) => {
      const settings = readTelegramSettings(values);
      const { createTelegramAdapter } = await import('../../adapters/telegram/adapter.ts');
      return createTelegramAdapter({ ...settings, fetch: telegramFetch, translate: words, bodies });
    },
  ],
  [
    'email',
    async (_gateway, values, { mail }) => {
      if (mail === undefined)
        throw new Refusal(
          'runtime-unsupported',
          'the email channel needs SMTP, which the Workers runtime does not have',
        );
      return mail(readMailSettings(values));
    },
  ],
];

const anchorOf = ({ country, pem }: Settings['anchors'][number]): Promise<Anchor> =>
  nameSettingInFault(`a file in certs/${country}/ (or AMANAT_ANCHORS)`, () => readAnchor(country, pem));

/** Where what is large is held and worked on, as far as the runtime has a place of its own for it. */
const placesFor = ({ bodies, heavyFor }: GatewayRuntime): Pick<Gateway, 'bodies' | 'heavyWorkFor'> => ({
  bodies: bodies ?? createBodies(BODY_LIMITS),
  heavyWorkFor: heavyFor ?? useThisThread,
});

/** The guard of the grants, given to the store as well: nothing comes out of it before. */
function guardOf(
  reader: Parameters<typeof createGrantGuard>[0]['reader'],
  { store, head = createMemoryHead() }: GatewayRuntime,
  alarm: Parameters<typeof createGrantGuard>[0]['alarm'],
): Guard {
  const guard = createGrantGuard({ reader, head, alarm });
  store.database.useGuard(guard);
  return guard;
}

/** What the process remembers while it lives, and what was remembered before where it is built anew. */
const memoryOf = ({ refusals, limits, life, parts, log, now }: GatewayRuntime, settings: Settings) => ({
  refusals: refusals ?? createRefusalCounter(),
  limits: limits ?? createCallLimits({ policies: settings.limits, now }),
  peerSigns: life ?? createPeerSigns(),
  parts: parts ?? createPartsBoard(log),
});

/** What the gateway signs and wraps with, and what did before. */
const ownKeys = async (settings: Settings, runtime: GatewayRuntime) => ({
  did: didOfGateway(settings.url),
  key: await nameSettingInFault('AMANAT_GATEWAY_KEY', () =>
    importSigningKey(readPrivateJwk(settings.gatewayKey)),
  ),
  oldKeys: settings.gatewayKeysOld,
  ...present({ keptKeys: runtime.gatewayKeys }),
  master: await nameSettingInFault('AMANAT_MASTER_KEY', () =>
    makeMasterRing(
      settings.masterKey,
      () => [settings.masterKeyOld, ...(runtime.masterKeys?.() ?? [])],
      () => runtime.masterKeys?.()[0],
    ),
  ),
});

/** Starts the channels that are asked for. @returns those whose secret is missing */
async function startChannels(
  channels: readonly Channel[],
  log: Log,
  start: (channel: Channel, make: Make) => Promise<void>,
): Promise<readonly ChannelNotStarted[]> {
  const notStarted: ChannelNotStarted[] = [];
  for (const [channel, make] of CHANNEL_MAKERS) {
    if (!channels.includes(channel)) continue;
    try {
      await start(channel, make);
    } catch (fault) {
      if (!(fault instanceof Refusal) || fault.code !== 'channel-secret-missing') throw fault;
      notStarted.push({ channel, code: fault.code, detail: fault.detail });
      log.error('channel.not-started', { channel, code: fault.code, missing: fault.detail });
    }
  }
  return notStarted;
}

/**
 * Builds a gateway. A channel whose secret is missing does not start and is named in `notStarted`; anything else that
 * is wrong, and what the runtime cannot do, is thrown.
 * @throws Refusal `configuration`, `runtime-unsupported`
 */
export async function buildGateway(
  settings: Settings,
  values: SettingValues,
  runtime: GatewayRuntime,
): Promise<BuiltGateway> {
  const adapters = new Map<Channel, Adapter>();
  const own = await ownKeys(settings, runtime);
  const guard = guardOf(own, runtime, (wrong) => void raiseGrantAlarm(gateway, wrong));
  const gateway: Gateway = {
    url: settings.url,
    ...own,
    guard,
    certificates: certificatesOf(settings, values),
    anchors: await Promise.all(settings.anchors.map(anchorOf)),
    mailboxes: runtime.mailboxes,
    store: runtime.store,
    ...placesFor(runtime),
    channels: settings.channels,
    adapters,
    translate: runtime.translate,
    ...present({ writeLetter: runtime.writeLetter }),
    fetch: runtime.fetch,
    log: runtime.log,
    metrics: runtime.metrics,
    metricsAccess: accessTo(settings.metrics),
    ...memoryOf(runtime, settings),
    pace: settings.pace,
    operator: runtime.operator ?? GATEWAY_OPERATOR,
    now: runtime.now,
    ...runtime.chance,
  };
  // Not asked for by name: whom it reaches, statements say. A key on another curve signs evidence but no calls.
  if (gateway.key.alg === 'EdDSA')
    adapters.set(
      'relay',
      createRelayAdapter({
        did: gateway.did,
        signer: makeCallSigner(gateway.key),
        fetch: runtime.fetch,
        now: runtime.now,
        heavyFor: gateway.heavyWorkFor,
      }),
    );
  const notStarted = await startChannels(settings.channels, runtime.log, async (channel, make) => {
    adapters.set(channel, await make(gateway, values, runtime));
  });
  return { gateway, notStarted };
}
