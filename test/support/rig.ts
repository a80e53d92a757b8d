/** A whole gateway for tests: real database, real adapters, a clock the test can move; driven by hand, not by the loop. */
import { createEmailAdapter, type EmailAdapter } from '../../adapters/email/adapter.ts';
import { readSettings, type Values } from '../../src/config.ts';
import { MESSAGE_NAMES } from '../../src/domain/message/message.ts';
import type { Designation, PublicJwk } from '../../src/domain/party/party.ts';
import { POLICY_NAMES } from '../../src/domain/words/limit.ts';
import { present } from '../../src/domain/words/present.ts';
import { type Application, applicationOf } from '../../src/entry/application.ts';
import { type Built, buildGateway } from '../../src/entry/build.ts';
import { chance } from '../../src/entry/chance.ts';
import type { FocalPointDraft } from '../../src/entry/enrolling/designating.ts';
import { addAccessKey, addPartnerSecret, agree, designate } from '../../src/entry/enrolling/enrol.ts';
import { outgoingFetch } from '../../src/entry/outgoing.ts';
import { prometheusMetrics } from '../../src/entry/telling/metrics-prometheus.ts';
import { typesetter } from '../../src/entry/typst/typst.ts';
import { wordsFromFiles } from '../../src/entry/words-from-files.ts';
import { drain } from '../../src/flow/loop.ts';
import type { Log } from '../../src/log.ts';
import { letterWriter } from '../../src/paper/letter.ts';
import { createRefusals, type Refusals } from '../../src/refusals.ts';
import { makeAuthority } from '../../src/seal/authority.ts';
import type { HeavyFor } from '../../src/seal/heavy.ts';
import { generateSigningJwk, type PrivateJwk, type SigningKey, signingKey } from '../../src/seal/keys.ts';
import { type MailTrustOf, mailboxJudge } from '../../src/seal/mail-trust.ts';
import { parseSigner, signWebhook } from '../../src/seal/webhook-signature.ts';
import { confirmBy } from './confirmed.ts';
import { type TestDatabase, testDatabase } from './database.ts';

export const URL_OF_GATEWAY = 'https://gateway.test';

/** What opens the numbers of every rig. */
export const METRICS_KEY = 'an-invented-metrics-key';

export interface LogLine {
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface Rig extends Built {
  readonly app: Application;
  /** What another gateway over the same database needs to be the same gateway. */
  readonly values: Values;
  readonly database: TestDatabase;
  readonly authorities: { readonly ID: SigningKey; readonly KH: SigningKey };
  readonly lines: readonly LogLine[];
  /** The numbers, as monitoring reads them. */
  metrics(): Promise<string>;
  /** Moves the gateway's clock. */
  pass(seconds: number): void;
  /** The gateway's home keeps one more evidence key from now on, as after a rotation. */
  keepKey(key: PublicJwk): void;
  /** Works on all that is due now; @returns pieces of work. */
  drain(): Promise<number>;
  designate(draft: FocalPointDraft): Promise<Designation>;
  /** A partner in gateway custody, with its secret and access key. */
  partner(draft: FocalPointDraft): Promise<Partner>;
  close(): Promise<void>;
}

/** A partner's system, as its developer would write it. */
export interface Partner {
  readonly designation: Designation;
  readonly secret: string;
  readonly accessKey: string;
  /** Posts signed JSON to one of the partner's addresses. */
  post(
    what: 'messages' | 'acknowledgements',
    body: unknown,
    options?: { id?: string; at?: Date; headers?: Record<string, string> },
  ): Promise<Response>;
  status(id: string): Promise<Response>;
}

type Send = (path: string, init: RequestInit) => Response | Promise<Response>;

export interface RigOptions {
  /** A fresh copy of the run's template where left out. Closed with the rig. */
  readonly database?: TestDatabase;
  /** Where partners' calls go, by path; to this rig's own application where left out. */
  readonly send?: Send;
  /** More named values, such as a Bot API's root; channels follow from what is given. */
  readonly values?: Values;
  /** Hosts outgoing webhooks may reach. */
  readonly allow?: readonly string[];
  /** Who may vouch for mailboxes; nobody where left out. */
  readonly mailTrust?: MailTrustOf;
  /** Where large messages are worked on; in place where left out. */
  readonly heavyFor?: HeavyFor;
  /** Shared with another rig; fresh ones where left out. */
  readonly authorities?: Authorities;
  /** Which refusals are kept each by itself; all where left out. */
  readonly refusals?: Refusals;
  /** When the agreement was made; now where left out. Null where none is made: the database has one. */
  readonly agreedAt?: Date | null;
  /** What the clock says at the beginning; the hour it is where left out. */
  readonly start?: Date;
}

interface Authority {
  readonly privateJwk: PrivateJwk;
  readonly certificate: string;
}
export type Authorities = Readonly<Record<'ID' | 'KH', Authority>>;

/** The authorities of both countries, self-made. */
export async function testAuthorities(now: Date): Promise<Authorities> {
  const made = (country: string) => makeAuthority(country, `Test authority ${country}`, now);
  const [indonesia, cambodia] = await Promise.all([made('ID'), made('KH')]);
  return { ID: indonesia, KH: cambodia };
}

/** An agreement between Indonesia and Cambodia over everything, domestic traffic included. */
export const broadAgreement = (now: Date) => ({
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

/** One for all rigs of a test file: the fonts are loaded once. */
const typeset = typesetter();

export async function rig(options: RigOptions = {}): Promise<Rig> {
  const database = options.database ?? (await testDatabase());
  let offset = ((options.start?.getTime() ?? Date.now()) - Date.now()) / 1_000;
  const now = (): Date => new Date(Date.now() + offset * 1_000);
  const { ID: indonesia, KH: cambodia } = options.authorities ?? (await testAuthorities(now()));
  const values: Values = {
    AMANAT_URL: URL_OF_GATEWAY,
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
  const words = wordsFromFiles();
  const settings = readSettings(values);
  const outgoing = outgoingFetch({ allow: settings.allow });
  let mail: EmailAdapter | undefined;
  const keptKeys: PublicJwk[] = [];
  const built = await buildGateway(settings, values, {
    gatewayKeys: () => keptKeys,
    store: database.store,
    log,
    words,
    now,
    chance,
    metrics: prometheusMetrics(database.store, now),
    refusals:
      options.refusals ??
      createRefusals({ SubmissionRejection: 100_000, RelayRejection: 100_000, EvidenceRejected: 100_000 }),
    fetch: outgoing,
    ...present({ heavyFor: options.heavyFor }),
    telegramFetch: (url, init) => fetch(url, init),
    writeLetter: letterWriter(words, typeset),
    mailboxes: mailboxJudge(options.mailTrust ?? (() => [])),
    mail: async ({ certificate, privateKey, ...rest }) => {
      mail = createEmailAdapter({ ...rest, signer: { certificate, privateKey }, words, now });
      return mail;
    },
  });
  const app = applicationOf(built.gateway);
  const authorities = {
    ID: await signingKey(indonesia.privateJwk),
    KH: await signingKey(cambodia.privateJwk),
  };
  confirmBy(built.gateway, authorities);
  const authorityOf = (country: string): SigningKey => (country === 'ID' ? authorities.ID : authorities.KH);
  const enlist = (draft: FocalPointDraft): Promise<Designation> =>
    designate(built.gateway, authorityOf(draft.country), draft);
  const send: Send = options.send ?? ((path, init) => app.request(`${URL_OF_GATEWAY}${path}`, init));
  if (options.agreedAt !== null)
    await agree(built.gateway, [authorities.ID, authorities.KH], broadAgreement(options.agreedAt ?? now()));
  return {
    ...built,
    app,
    values,
    database,
    authorities,
    lines,
    metrics: async () => {
      const headers = { authorization: `Bearer ${METRICS_KEY}` };
      return (await app.request(`${URL_OF_GATEWAY}/metrics`, { headers })).text();
    },
    pass: (seconds) => {
      offset += seconds;
    },
    keepKey: (key) => void keptKeys.push(key),
    drain: () => drain(built.gateway),
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
  built: Built,
  designation: Designation,
  now: () => Date,
  send: Send,
): Promise<Partner> {
  const secret = await addPartnerSecret(built.gateway, designation.focal_point);
  const accessKey = await addAccessKey(built.gateway, designation.focal_point, 'test');
  return partnerWith({ designation, secret, accessKey }, now, send);
}

/** A partner whose secret and access key exist already. */
export function partnerWith(
  { designation, secret, accessKey }: Pick<Partner, 'designation' | 'secret' | 'accessKey'>,
  now: () => Date,
  send: Send,
): Partner {
  return {
    designation,
    secret,
    accessKey,
    post: async (what, content, options = {}) => {
      const body = typeof content === 'string' ? content : JSON.stringify(content);
      const id = options.id ?? chance.newId();
      const signed = await signWebhook([await parseSigner(secret)], {
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
