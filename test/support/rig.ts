/**
 * A whole gateway for tests: real database, real adapters, a clock that the test can move; the test does the work of
 * the loop.
 */
import { createEmailAdapter, type EmailAdapter } from '../../adapters/email/adapter.ts';
import { readSettings, type SettingValues } from '../../src/config/settings.ts';
import { MESSAGE_NAMES } from '../../src/domain/message/message.ts';
import type { Designation, PublicJwk } from '../../src/domain/party/designation.ts';
import { POLICY_NAMES } from '../../src/domain/words/limit.ts';
import { present } from '../../src/domain/words/present.ts';
import { type Application, createApplication } from '../../src/entry/application.ts';
import { type BuiltGateway, buildGateway } from '../../src/entry/build.ts';
import { chance } from '../../src/entry/chance.ts';
import type { FocalPointDraft } from '../../src/entry/enrolling/designating.ts';
import { addAccessKey, addPartnerSecret, designateFocalPoint } from '../../src/entry/enrolling/enrol.ts';
import { createOutgoingFetch } from '../../src/entry/outgoing.ts';
import { phrasesFromFiles } from '../../src/entry/phrases-from-files.ts';
import { createPrometheusMetrics } from '../../src/entry/telling/metrics-prometheus.ts';
import { createTypesetter } from '../../src/entry/typst/typst.ts';
import { workUntilIdle } from '../../src/flow/loop/loop.ts';
import type { Log } from '../../src/log.ts';
import { createLetterWriter } from '../../src/paper/letter.ts';
import { createRefusalCounter, type RefusalCounter } from '../../src/refusals.ts';
import { makeAuthority } from '../../src/seal/authority.ts';
import type { HeavyWorkChooser } from '../../src/seal/heavy-work.ts';
import {
  generateSigningJwk,
  importSigningKey,
  type PrivateJwk,
  type SigningKey,
} from '../../src/seal/keys.ts';
import { createMailboxJudge, type MailTrustLookup } from '../../src/seal/mail-trust.ts';
import { readWebhookSigner, signWebhook } from '../../src/seal/webhook-signature.ts';
import { setConfirmingKeys } from './confirmed.ts';
import { makeTestDatabase, type TestDatabase } from './database.ts';
import { concludeAgreement } from './signed-statements.ts';

export const GATEWAY_URL = 'https://gateway.test';

/** The metrics key of every rig. */
export const METRICS_KEY = 'an-invented-metrics-key';

export interface LogLine {
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface Rig extends BuiltGateway {
  readonly app: Application;
  /** What another process needs to be the same gateway over the same database. */
  readonly values: SettingValues;
  readonly database: TestDatabase;
  readonly authorities: { readonly ID: SigningKey; readonly KH: SigningKey };
  readonly lines: readonly LogLine[];
  /** The metrics, as monitoring reads them. */
  metrics(): Promise<string>;
  /** Moves the gateway's clock. */
  pass(seconds: number): void;
  /** From now on the gateway's home has one more evidence key, as after a rotation. */
  keepKey(key: PublicJwk): void;
  /** Does everything that is due now; @returns the number of pieces of work. */
  drain(): Promise<number>;
  designate(draft: FocalPointDraft): Promise<Designation>;
  /** A partner in gateway custody, with its secret and access key. */
  partner(draft: FocalPointDraft): Promise<RigPartner>;
  close(): Promise<void>;
}

/** A partner's system, as its developer would write it. */
export interface RigPartner {
  readonly designation: Designation;
  readonly secret: string;
  readonly accessKey: string;
  /** Posts signed JSON to an address of the partner. */
  post(
    what: 'messages' | 'acknowledgements',
    body: unknown,
    options?: { id?: string; at?: Date; headers?: Record<string, string> },
  ): Promise<Response>;
  status(id: string): Promise<Response>;
}

type Send = (path: string, init: RequestInit) => Response | Promise<Response>;

export interface RigOptions {
  /** By default a new copy of the run's template. Closed with the rig. */
  readonly database?: TestDatabase;
  /** Handles partners' calls, by path; by default this rig's own application. */
  readonly send?: Send;
  /** More settings, such as a Bot API's root; they decide which channels run. */
  readonly values?: SettingValues;
  /** Hosts outgoing webhooks may reach. */
  readonly allow?: readonly string[];
  /** The trusted issuers for mailboxes; by default none. */
  readonly mailTrust?: MailTrustLookup;
  /** Where large messages are processed; by default in this thread. */
  readonly heavyFor?: HeavyWorkChooser;
  /** Shared with another rig; by default new ones. */
  readonly authorities?: RigAuthorities;
  /** Which refusals are kept one by one; by default all. */
  readonly refusals?: RefusalCounter;
  /** When the agreement was made; by default now. Null if none is made, because the database has one. */
  readonly agreedAt?: Date | null;
  /** The clock at the beginning; by default the current time. */
  readonly start?: Date;
  /** Whether time passes only by {@link Rig.pass}, for tests that count seconds; by default it passes by itself. */
  readonly isClockStopped?: boolean;
}

interface Authority {
  readonly privateJwk: PrivateJwk;
  readonly certificate: string;
}
export type RigAuthorities = Readonly<Record<'ID' | 'KH', Authority>>;

/** The authorities of both countries, self-made. */
export async function makeTestAuthorities(now: Date): Promise<RigAuthorities> {
  const made = (country: string) => makeAuthority(country, `Test authority ${country}`, now);
  const [indonesia, cambodia] = await Promise.all([made('ID'), made('KH')]);
  return { ID: indonesia, KH: cambodia };
}

/** An agreement between Indonesia and Cambodia over everything, domestic traffic included. */
export const draftBroadAgreement = (now: Date) => ({
  kind: 'agreement',
  id: 'id-kh-test',
  version: 1,
  title: 'Test agreement',
  parties: ['ID', 'KH'],
  rules: [
    {
      from: ['ID', 'KH'],
      to: ['ID', 'KH'],
      types: [...MESSAGE_NAMES],
    },
  ],
  from: new Date(now.getTime() - 86_400_000).toISOString(),
  until: new Date(now.getTime() + 365 * 86_400_000).toISOString(),
});

/** One for all rigs of a test file, because the fonts are loaded once. */
const typeset = createTypesetter();

export async function makeRig(options: RigOptions = {}): Promise<Rig> {
  const database = options.database ?? (await makeTestDatabase());
  const begun = Date.now();
  let offset = ((options.start?.getTime() ?? begun) - begun) / 1_000;
  const clock = options.isClockStopped ? () => begun : Date.now;
  const now = (): Date => new Date(clock() + offset * 1_000);
  const { ID: indonesia, KH: cambodia } = options.authorities ?? (await makeTestAuthorities(now()));
  const values: SettingValues = {
    AMANAT_URL: GATEWAY_URL,
    AMANAT_MASTER_KEY: chance.newToken(),
    AMANAT_GATEWAY_KEY: JSON.stringify(await generateSigningJwk('did:web:gateway.test#evidence')),
    AMANAT_ANCHORS: JSON.stringify([
      { country: 'ID', pem: indonesia.certificate },
      { country: 'KH', pem: cambodia.certificate },
    ]),
    AMANAT_METRICS_KEY: METRICS_KEY,
    // A test that is about limits sets its own.
    AMANAT_LIMITS: POLICY_NAMES.map((name) => `${name}=1000000/60`).join(','),
    AMANAT_ALLOW: (options.allow ?? []).join(','),
    ...options.values,
  };
  const lines: LogLine[] = [];
  const write = (event: string, fields = {}): void => void lines.push({ event, fields });
  const log: Log = { info: write, warn: write, error: write };
  const translate = phrasesFromFiles();
  const settings = readSettings(values);
  const outgoing = createOutgoingFetch({ allow: settings.allow });
  let mail: EmailAdapter | undefined;
  const keptKeys: PublicJwk[] = [];
  const built = await buildGateway(settings, values, {
    gatewayKeys: () => keptKeys,
    store: database.store,
    log,
    translate: translate,
    now,
    chance,
    metrics: createPrometheusMetrics(database.store, now),
    refusals:
      options.refusals ??
      createRefusalCounter({
        SubmissionRejection: 100_000,
        RelayRejection: 100_000,
        EvidenceRejected: 100_000,
      }),
    fetch: outgoing,
    ...present({ heavyFor: options.heavyFor }),
    telegramFetch: (url, init) => fetch(url, init),
    writeLetter: createLetterWriter(translate, typeset),
    mailboxes: createMailboxJudge(options.mailTrust ?? (() => [])),
    mail: async ({ certificate, privateKey, ...rest }) => {
      mail = createEmailAdapter({ ...rest, signer: { certificate, privateKey }, translate: translate, now });
      return mail;
    },
  });
  const app = createApplication(built.gateway);
  const authorities = {
    ID: await importSigningKey(indonesia.privateJwk),
    KH: await importSigningKey(cambodia.privateJwk),
  };
  setConfirmingKeys(built.gateway, authorities);
  const authorityOf = (country: string): SigningKey => (country === 'ID' ? authorities.ID : authorities.KH);
  const enlist = (draft: FocalPointDraft): Promise<Designation> =>
    designateFocalPoint(built.gateway, authorityOf(draft.country), draft);
  const send: Send = options.send ?? ((path, init) => app.request(`${GATEWAY_URL}${path}`, init));
  if (options.agreedAt !== null)
    await concludeAgreement(
      built.gateway,
      [authorities.ID, authorities.KH],
      draftBroadAgreement(options.agreedAt ?? now()),
    );
  return {
    ...built,
    app,
    values,
    database,
    authorities,
    lines,
    metrics: async () => {
      const headers = { authorization: `Bearer ${METRICS_KEY}` };
      return (await app.request(`${GATEWAY_URL}/metrics`, { headers })).text();
    },
    pass: (seconds) => {
      offset += seconds;
    },
    keepKey: (key) => void keptKeys.push(key),
    drain: () => workUntilIdle(built.gateway),
    designate: enlist,
    partner: async (draft) => partnerOf(built, await enlist(draft), now, send),
    close: async () => {
      await mail?.close();
      await outgoing.close();
      await database.close();
    },
  };
}

async function partnerOf(
  built: BuiltGateway,
  designation: Designation,
  now: () => Date,
  send: Send,
): Promise<RigPartner> {
  const secret = await addPartnerSecret(built.gateway, designation.focal_point);
  const accessKey = await addAccessKey(built.gateway, designation.focal_point, 'test');
  return createPartner({ designation, secret, accessKey }, now, send);
}

/** A partner whose secret and access key exist already. */
export function createPartner(
  { designation, secret, accessKey }: Pick<RigPartner, 'designation' | 'secret' | 'accessKey'>,
  now: () => Date,
  send: Send,
): RigPartner {
  return {
    designation,
    secret,
    accessKey,
    post: async (what, content, options = {}) => {
      const body = typeof content === 'string' ? content : JSON.stringify(content);
      const id = options.id ?? chance.newId();
      const signed = await signWebhook([await readWebhookSigner(secret)], {
        id,
        timestamp: Math.floor((options.at ?? now()).getTime() / 1_000),
        body,
      });
      const headers = { 'content-type': 'application/json', ...signed, ...options.headers };
      return send(`/v1/focal-points/${designation.slug}/${what}`, {
        method: 'POST',
        headers,
        body,
      });
    },
    status: async (id) =>
      send(`/v1/messages/${id}`, {
        headers: { authorization: `Bearer ${accessKey}` },
      }),
  };
}
