/** Builds one gateway from the settings and the parts that a runtime provides. */

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
import { raiseGrantAlarm } from '../flow/ledger/alarm.ts';
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

/** The parts that differ between runtimes. */
interface GatewayRuntime {
  readonly store: Store;
  readonly log: Log;
  readonly metrics: Metrics;
  /** The counts of earlier requests, where the gateway is built for each request. */
  readonly limits?: CallLimits;
  readonly refusals?: RefusalCounter;
  readonly life?: PeerSigns;
  /** The board of parts, where a part that the gateway depends on can stop working. */
  readonly parts?: PartsBoard;
  readonly translate: Phrases;
  readonly now: () => Date;
  readonly chance: ChanceSource;
  /** Keeps how far the operator's log was read; in memory if absent. */
  readonly head?: HeadKeeper;
  /** The handle of the operator who acts; the program itself if absent. */
  readonly operator?: string;
  /** Holds posted bodies; in memory if absent. */
  readonly bodies?: Bodies;
  /** Chooses where large messages are sealed and opened; in the same thread if absent. */
  readonly heavyFor?: HeavyWorkChooser;
  /** Makes outgoing calls to partners and other gateways; refuses addresses that are not public. */
  readonly fetch: OutboundFetch;
  readonly telegramFetch: TelegramFetch;
  /** Reads the current master keys, the active one first, where they can be read again while the gateway runs. */
  readonly masterKeys?: () => readonly (string | undefined)[];
  /** Reads the current evidence keys, where they can be read again while the gateway runs. */
  readonly gatewayKeys?: () => readonly PublicJwk[];
  /** Which CAs may certify mailboxes of a country; none if the runtime has no mail. */
  readonly mailboxes: MailboxJudge;
  /** Makes formal letters; absent if the runtime has no typesetter. */
  readonly writeLetter?: LetterWriter;
  /** Makes the e-mail channel; absent if the runtime has no SMTP. */
  readonly mail?: (settings: MailSettings) => Promise<Adapter>;
}

/** The gateway's own certificates, for the channels that use them. */
const certificatesOf = (settings: Settings, values: SettingValues): Gateway['certificates'] => {
  const pem = settings.channels.includes('email') ? values['AMANAT_MAIL_CERTIFICATE'] : undefined;
  return pem === undefined ? [] : [{ name: 'gateway', pem }];
};

const accessTo = ({ listen, key }: MetricsSettings): MetricsAccess => ({
  own: listen !== undefined,
  ...present({ key }),
});

/** A channel that is configured but did not start, and what is missing. */
interface ChannelNotStarted {
  readonly channel: Channel;
  readonly code: string;
  readonly detail: string;
}

export interface BuiltGateway {
  readonly gateway: Gateway;
  readonly notStarted: readonly ChannelNotStarted[];
}

type Make = (gateway: Gateway, values: SettingValues, runtime: GatewayRuntime) => Promise<Adapter>;

/** The channels, in the order of display. A new channel is one line here; its libraries load only if it is on. */
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

/** The runtime's own places for large bodies and heavy work, if it has them. */
const placesFor = ({ bodies, heavyFor }: GatewayRuntime): Pick<Gateway, 'bodies' | 'heavyWorkFor'> => ({
  bodies: bodies ?? createBodies(BODY_LIMITS),
  heavyWorkFor: heavyFor ?? useThisThread,
});

/** The guard of the grants. The store has it too, and reads no grant before the guard allows it. */
function guardOf(
  reader: Parameters<typeof createGrantGuard>[0]['reader'],
  { store, head = createMemoryHead() }: GatewayRuntime,
  alarm: Parameters<typeof createGrantGuard>[0]['alarm'],
): Guard {
  const guard = createGrantGuard({ reader, head, alarm });
  store.database.useGuard(guard);
  return guard;
}

/** What the process keeps in memory; taken over from the runtime where the gateway is built for each request. */
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
 * Builds a gateway. A channel whose secret is missing does not start, and `notStarted` names it. Any other fault in the
 * settings is thrown, and so is a setting that the runtime does not support.
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
  // Always on: the imported designations say which gateways it reaches. Calls need Ed25519; a key on another curve only signs evidence.
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
