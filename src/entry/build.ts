/** Building: settings and a runtime's own parts become one gateway. */

import { createRelayAdapter } from '../../adapters/relay/adapter.ts';
import type { Fetch as TelegramFetch } from '../../adapters/telegram/bot.ts';
import { createWebhookAdapter } from '../../adapters/webhook/adapter.ts';
import {
  type MailSettings,
  type MetricsSettings,
  naming,
  readMail,
  readTelegram,
  type Settings,
  type Values,
} from '../config.ts';
import type { Adapter } from '../domain/carriage/adapter.ts';
import type { Outgoing } from '../domain/carriage/post.ts';
import { BY_GATEWAY } from '../domain/evidence/operator-act.ts';
import type { WriteLetter } from '../domain/message/letter.ts';
import type { Channel } from '../domain/party/channel.ts';
import { gatewayDid, type PublicJwk } from '../domain/party/party.ts';
import { Refusal } from '../domain/words/error.ts';
import { BODY_LIMITS, type Bodies, createBodies } from '../domain/words/held-body.ts';
import { present } from '../domain/words/present.ts';
import type { Words } from '../domain/words/words.ts';
import { partnerOf, secretsOf } from '../flow/directory/partner-secrets.ts';
import { grantAlarm } from '../flow/ledger/grant-alarm.ts';
import { grantGuard, type HeadKeeper, headInMemory } from '../flow/operator/guard.ts';
import type { Gateway, MetricsAccess } from '../gateway.ts';
import { createLife, type Life } from '../life.ts';
import { createLimits, type Limits } from '../limits.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { type Parts, partsBoard } from '../parts.ts';
import { createRefusals, type Refusals } from '../refusals.ts';
import { type Anchor, readAnchor } from '../seal/authority.ts';
import { callSigner } from '../seal/gateway-statement.ts';
import { type HeavyFor, inPlace } from '../seal/heavy.ts';
import { readPrivateJwk, signingKey } from '../seal/keys.ts';
import type { MailboxJudge } from '../seal/mail-trust.ts';
import type { Guard } from '../store/guard.ts';
import type { Store } from '../store/store.ts';
import type { Chance } from './chance.ts';
import { masterRing } from './master-ring.ts';

/** What differs between runtimes. */
export interface Runtime {
  readonly store: Store;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Where the gateway is built anew for each request: what was counted for those before. */
  readonly limits?: Limits;
  readonly refusals?: Refusals;
  readonly life?: Life;
  /** Where what the gateway is built over can stop working, too. */
  readonly parts?: Parts;
  readonly words: Words;
  readonly now: () => Date;
  readonly chance: Chance;
  /** How far the operator's log was seen; held in memory where left out. */
  readonly head?: HeadKeeper;
  /** Who acts, where somebody does; the program itself where left out. */
  readonly operator?: string;
  /** Where what others post is held; in memory alone where left out. */
  readonly bodies?: Bodies;
  /** Where the seal of a large message is worked on; in place where left out. */
  readonly heavyFor?: HeavyFor;
  /** Outgoing calls to partners and other gateways: refuses addresses that are not public. */
  readonly fetch: Outgoing;
  readonly telegramFetch: TelegramFetch;
  /** The master keys as they are kept now, the one that counts first, where that can be asked again while the gateway runs. */
  readonly masterKeys?: () => readonly (string | undefined)[];
  /** The evidence keys as they are kept now, where that can be asked again while the gateway runs. */
  readonly gatewayKeys?: () => readonly PublicJwk[];
  /** Who may vouch for the mailboxes of a country; nobody where the runtime has no mail. */
  readonly mailboxes: MailboxJudge;
  /** Makes formal letters; absent where the runtime has no typesetter. */
  readonly writeLetter?: WriteLetter;
  /** Makes the e-mail channel; absent where the runtime has no SMTP. */
  readonly mail?: (settings: MailSettings) => Promise<Adapter>;
}

/** The gateway's own certificates, where it uses them. */
const certificatesOf = (settings: Settings, values: Values): Gateway['certificates'] => {
  const pem = settings.channels.includes('email') ? values['AMANAT_MAIL_CERTIFICATE'] : undefined;
  return pem === undefined ? [] : [{ name: 'gateway', pem }];
};

const accessTo = ({ listen, key }: MetricsSettings): MetricsAccess => ({
  own: listen !== undefined,
  ...present({ key }),
});

/** A channel that was asked for and did not start, and what is missing. */
export interface NotStarted {
  readonly channel: Channel;
  readonly code: string;
  readonly detail: string;
}

export interface Built {
  readonly gateway: Gateway;
  readonly notStarted: readonly NotStarted[];
}

type Make = (gateway: Gateway, values: Values, runtime: Runtime) => Promise<Adapter>;

/** The channels, in the order people see them. A new channel is one line here; its libraries load where it is on. */
const CHANNEL_MAKERS: readonly (readonly [Channel, Make])[] = [
  [
    'webhook',
    async (gateway, _values, { fetch, now }) =>
      createWebhookAdapter({
        fetch,
        now,
        bodies: gateway.bodies,
        heavyFor: gateway.heavyFor,
        secretsOf: (slug) => partnerOf(gateway, slug),
        isWelcome: (focalPoint) => gateway.limits.take('focal-point', focalPoint),
        signersOf: (endpoint) => secretsOf(gateway, endpoint, 'webhook-outbound'),
      }),
  ],
  [
    'telegram',
    async ({ bodies }, values, { telegramFetch, words }) => {
      const settings = readTelegram(values);
      const { createTelegramAdapter } = await import('../../adapters/telegram/adapter.ts');
      return createTelegramAdapter({ ...settings, fetch: telegramFetch, words, bodies });
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
      return mail(readMail(values));
    },
  ],
];

const anchorOf = ({ country, pem }: Settings['anchors'][number]): Promise<Anchor> =>
  naming(`a file in certs/${country}/ (or AMANAT_ANCHORS)`, () => readAnchor(country, pem));

/** Where what is large is held and worked on, as far as the runtime has a place of its own for it. */
const placesFor = ({ bodies, heavyFor }: Runtime): Pick<Gateway, 'bodies' | 'heavyFor'> => ({
  bodies: bodies ?? createBodies(BODY_LIMITS),
  heavyFor: heavyFor ?? inPlace,
});

/** The guard of the grants, given to the store as well: nothing comes out of it before. */
function guardOf(
  reader: Parameters<typeof grantGuard>[0]['reader'],
  { store, head = headInMemory() }: Runtime,
  alarm: Parameters<typeof grantGuard>[0]['alarm'],
): Guard {
  const guard = grantGuard({ reader, head, alarm });
  store.database.guard(guard);
  return guard;
}

/** What the process remembers while it lives, and what was remembered before where it is built anew. */
const memoryOf = ({ refusals, limits, life, parts, log, now }: Runtime, settings: Settings) => ({
  refusals: refusals ?? createRefusals(),
  limits: limits ?? createLimits({ policies: settings.limits, now }),
  life: life ?? createLife(),
  parts: parts ?? partsBoard(log),
});

/**
 * Builds a gateway. A channel whose secret is missing does not start and is named in `notStarted`; anything else that
 * is wrong, and what the runtime cannot do, is thrown.
 * @throws Refusal `configuration`, `runtime-unsupported`
 */
export async function buildGateway(settings: Settings, values: Values, runtime: Runtime): Promise<Built> {
  const adapters = new Map<Channel, Adapter>();
  const own = {
    did: gatewayDid(settings.url),
    key: await naming('AMANAT_GATEWAY_KEY', () => signingKey(readPrivateJwk(settings.gatewayKey))),
    oldKeys: settings.gatewayKeysOld,
    ...present({ keptKeys: runtime.gatewayKeys }),
    master: await naming('AMANAT_MASTER_KEY', () =>
      masterRing(
        settings.masterKey,
        () => [settings.masterKeyOld, ...(runtime.masterKeys?.() ?? [])],
        () => runtime.masterKeys?.()[0],
      ),
    ),
  };
  const guard = guardOf(own, runtime, (wrong) => void grantAlarm(gateway, wrong));
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
    words: runtime.words,
    ...present({ writeLetter: runtime.writeLetter }),
    fetch: runtime.fetch,
    log: runtime.log,
    metrics: runtime.metrics,
    metricsAccess: accessTo(settings.metrics),
    ...memoryOf(runtime, settings),
    pace: settings.pace,
    operator: runtime.operator ?? BY_GATEWAY,
    now: runtime.now,
    ...runtime.chance,
  };
  // Not asked for by name: whom it reaches, statements say. A key on another curve signs evidence but no calls.
  if (gateway.key.alg === 'EdDSA')
    adapters.set(
      'relay',
      createRelayAdapter({
        did: gateway.did,
        signer: callSigner(gateway.key),
        fetch: runtime.fetch,
        now: runtime.now,
        heavyFor: gateway.heavyFor,
      }),
    );
  const notStarted: NotStarted[] = [];
  for (const [channel, make] of CHANNEL_MAKERS) {
    if (!settings.channels.includes(channel)) continue;
    try {
      adapters.set(channel, await make(gateway, values, runtime));
    } catch (fault) {
      if (!(fault instanceof Refusal) || fault.code !== 'channel-secret-missing') throw fault;
      notStarted.push({ channel, code: fault.code, detail: fault.detail });
      runtime.log.error('channel.not-started', { channel, code: fault.code, missing: fault.detail });
    }
  }
  return { gateway, notStarted };
}
