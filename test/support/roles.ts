/** Every kind of caller of a gateway, and the call that each makes at a route: for the table of roles. */
import { shownIdOfAccessKey } from '../../src/domain/party/access-key.ts';
import { present } from '../../src/domain/words/present.ts';
import { createApplication } from '../../src/entry/application.ts';
import { chance } from '../../src/entry/chance.ts';
import { addAccessKey, revokeAccessKey } from '../../src/entry/enrolling/enrol.ts';
import { inviteOfficer } from '../../src/entry/enrolling/inviting.ts';
import { keepGateway } from '../../src/entry/enrolling/peers.ts';
import { extendLedger } from '../../src/flow/ledger/ledger.ts';
import { draftWithdrawal, keepWithdrawal } from '../../src/flow/statements/withdrawing.ts';
import { pathOfBundle } from '../../src/ledger/tile-path.ts';
import { hashOfAccessKey } from '../../src/seal/access-key.ts';
import { makeCallSigner, signGatewayCall } from '../../src/seal/gateway-statement.ts';
import { generateSigningJwk, importSigningKey, type SigningKey } from '../../src/seal/keys.ts';
import { peekStatement, signStatement } from '../../src/seal/statement.ts';
import { readWebhookSigner, signWebhook } from '../../src/seal/webhook-signature.ts';
import { addConfirmedEndpoint, addHook } from './confirmed.ts';
import { makeLinksTo } from './links.ts';
import { designateOwnCustody, makeText, sealConsignment, signConsignment } from './own-custody.ts';
import { GATEWAY_URL, METRICS_KEY, makeRig, type Rig, type RigPartner } from './rig.ts';
import { designateGateway } from './signed-statements.ts';
import { fetchMessageStatus, makeOfficer, makeReportPost, postMessage } from './story.ts';
import { BOT_SECRET, BOT_TOKEN } from './telegram-house.ts';

/** What is called, and with what. */
export interface TestedRoute {
  readonly method: string;
  readonly path: string;
}

interface Call {
  readonly body?: string;
  readonly headers: Record<string, string>;
  /** A token of a page behind a link. */
  readonly token?: string;
}

/** How a call differs from the one in the table. */
export interface OddCall {
  readonly method?: string;
  readonly at?: (path: string) => string;
  readonly headers?: Record<string, string>;
}

/** Makes a call at a route as somebody makes it. */
type Ask = (route: TestedRoute, plain: Call) => Promise<Call>;

export interface RolesHouse {
  readonly routes: readonly TestedRoute[];
  readonly names: readonly string[];
  /** The answer to a role's call, as the table shows it. @throws Error for a route that no rule says how to call */
  answer(route: TestedRoute, role: string): Promise<string>;
  /** The same for another method, or a slightly different address; with headers in addition to those of the role. */
  odd(route: TestedRoute, role: string, odd: OddCall): Promise<string>;
  /** Addresses at which every method is answered by one handler that no row of the table is about. */
  readonly forAll: readonly string[];
  close(): Promise<void>;
}

const FAR = 'https://far.test';
const FLOODING = 'x-test-flooding';

export async function makeRoles(): Promise<RolesHouse> {
  const house = await makeRig({
    values: {
      AMANAT_CHANNELS: 'webhook,telegram',
      AMANAT_TELEGRAM_TOKEN: BOT_TOKEN,
      AMANAT_TELEGRAM_SECRET: BOT_SECRET,
      AMANAT_LIMITS: 'unproven=1/86400',
    },
  });
  // One network has used up its limit; all others have no address, and are not limited.
  const app = createApplication(house.gateway, (request) => request.headers.get(FLOODING) ?? undefined);
  house.gateway.limits.charge('unproven', 'flooding');
  const people = await company(house);
  const fixed = await begun(house, people);
  const asks = await rolesOf(house, people, fixed);
  const odd: RolesHouse['odd'] = async (
    route,
    role,
    { method = route.method, at = same, headers: more = {} },
  ) => {
    const ask = asks[role];
    if (ask === undefined) throw new Error(`nobody is ${role}`);
    const { body, headers, token } = await ask(route, plainCall(route, fixed));
    const isRead = ['GET', 'HEAD', 'OPTIONS'].includes(method);
    const init = {
      method,
      headers: { ...headers, ...more },
      ...present({ body: body === undefined || isRead ? undefined : body }),
    };
    return told(await app.request(`${GATEWAY_URL}${at(pathOf(route, fixed, token))}`, init));
  };
  return {
    routes: routesOf(app.routes),
    forAll: [...new Set(app.routes.filter(({ method }) => method === 'ALL').map(({ path }) => path))],
    names: Object.keys(asks),
    close: () => house.close(),
    odd,
    answer: (route, role) => odd(route, role, {}),
  };
}

const same = (path: string): string => path;

/** Every route once, except those that only refuse a method. */
function routesOf(routes: readonly TestedRoute[]): readonly TestedRoute[] {
  const real = routes.filter(({ method }) => method !== 'ALL');
  const byName = new Map(real.map(({ method, path }) => [`${path} ${method}`, { method, path }]));
  return [...byName.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, route]) => route);
}

async function told(response: Response): Promise<string> {
  const text = await response.text();
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem') && text !== '';
  return isProblem
    ? `${response.status} ${JSON.parse(text).type.split(':').at(-1)}`
    : String(response.status);
}

interface Company {
  readonly sender: RigPartner;
  readonly recipient: RigPartner;
  readonly outsider: RigPartner;
  /** Was sent the message as well, and is withdrawn. */
  readonly left: RigPartner;
  /** Reached in a chat alone. */
  readonly chat: RigPartner;
}

async function company(house: Rig): Promise<Company> {
  const made = (slug: string, country: string) =>
    house.partner({ slug, name: `Invented ${slug}`, country, officers: [makeOfficer()] });
  const all = {
    sender: await made('shelter', 'KH'),
    recipient: await made('desk', 'ID'),
    outsider: await made('outsider', 'ID'),
    left: await made('left', 'ID'),
  };
  for (const { designation } of Object.values(all)) {
    await addHook(house.gateway, designation.focal_point, { officer: 'o1', shows: 'notice' });
  }
  const chat = await made('chat', 'ID');
  const account = { channel: 'telegram', address: '5550001', shows: 'notice', lang: 'en' } as const;
  const { focal_point: focalPoint } = chat.designation;
  await addConfirmedEndpoint(house.gateway, { ...account, focalPoint, officer: 'o1' });
  return { ...all, chat };
}

/** Ends the designation of a focal point. */
async function withdrawn({ gateway, authorities }: Rig, { designation }: RigPartner): Promise<void> {
  const claims = await draftWithdrawal(gateway, designation, 'cessationOfOperation');
  await keepWithdrawal(gateway, await signStatement('withdrawal', claims, [authorities.ID]));
}

/** A message from the sender to the recipient, and the addresses about it. */
interface Begun {
  readonly message: string;
  readonly thread: string;
  readonly evidence: string;
  readonly entries: string;
}

async function begun(house: Rig, { sender, recipient, left }: Company): Promise<Begun> {
  const message = await postMessage(sender, { ...withFile, to: ['desk', 'left'] });
  await withdrawn(house, left);
  const { thid: thread, evidence } = await fetchMessageStatus(sender, message);
  await extendLedger(house.gateway);
  const checkpoint = await (await house.app.request(`${GATEWAY_URL}/ledger/checkpoint`)).text();
  const width = Number(checkpoint.split('\n')[1]);
  const { id } = peekStatement(evidence[0]).payload as { id: string };
  await makeLinksTo(house, message, recipient.designation);
  return { message, thread, evidence: id, entries: pathOfBundle({ index: 0, width }) };
}

const withFile = makeReportPost(['desk'], {
  attachments: [{ filename: 'invented.txt', media_type: 'text/plain', base64: btoa('invented') }],
});

/** The values of the parameters. */
function pathOf(
  { path }: TestedRoute,
  { message, thread, evidence, entries }: Begun,
  token = 'never-given',
): string {
  const values: Readonly<Record<string, string>> = {
    slug: path.includes('acknowledgements') || path.includes('confirmation') ? 'desk' : 'shelter',
    id: path.includes('/evidence/') ? evidence : message,
    thid: thread,
    token,
    n: '0',
    channel: 'telegram',
  };
  return path
    .replaceAll(/:(\w+)/g, (_, name: string) => {
      const value = values[name];
      if (value === undefined) throw new Error(`nobody says what stands for :${name} in ${path}`);
      return value;
    })
    .replace('tile/*', entries);
}

const JSON_TYPE = 'application/json';
const FORM = 'application/x-www-form-urlencoded';
const NOTE = 'text/plain';
const text = {
  type: 'text',
  urgency: 'routine',
  handling: 'H0',
  lang: 'en',
  to: ['desk'],
  body: { text: 'x' },
};

/** What is posted to each route, and its content type. A route that is missing here has no rule yet. */
const BODIES: Readonly<Record<string, (about: Begun) => readonly [type: string, body: string]>> = {
  '/v1/focal-points/:slug/messages': () => [JSON_TYPE, JSON.stringify(text)],
  '/v1/focal-points/:slug/acknowledgements': ({ message }) => [
    JSON_TYPE,
    JSON.stringify({ message, officer: 'o1', decision: 'accepted' }),
  ],
  '/v1/focal-points/:slug/endpoints/:id/confirmation': ({ message }) => [
    JSON_TYPE,
    JSON.stringify({ asked: message, decision: 'confirmed' }),
  ],
  '/v1/consignments': () => [JSON_TYPE, '{}'],
  '/v1/relay': () => [JSON_TYPE, '{}'],
  '/v1/relay/evidence': () => [JSON_TYPE, '{}'],
  '/v1/relay/withdrawals': () => [JSON_TYPE, '{}'],
  '/v1/relay/statements': () => [JSON_TYPE, '{}'],
  '/channels/:channel': () => [JSON_TYPE, '{"update_id":1}'],
  '/ledger/cosignatures': () => [NOTE, 'no note'],
  '/ledger/alarms': () => [NOTE, 'no note'],
  '/r/:token': () => [FORM, ''],
  '/r/:token/thread/:id': () => [FORM, ''],
  '/r/:token/files/:n': () => [FORM, ''],
  '/r/:token/letter': () => [FORM, ''],
  '/r/:token/decision': () => [FORM, 'decision=accepted'],
  '/a/:token': () => [FORM, 'decision=accepted'],
  '/r/:token/pin': () => [FORM, 'pin=739154'],
  '/a/:token/pin': () => [FORM, 'pin=739154'],
  '/start/:token': () => [FORM, 'pin=739154&again=739154'],
  '/c/:token/pin': () => [FORM, 'pin=739154'],
  '/c/:token': () => [FORM, 'decision=confirmed'],
};

function plainCall({ method, path }: TestedRoute, about: Begun): Call {
  if (method === 'GET') return { headers: {} };
  const [type, body] = BODIES[path]?.(about) ?? [];
  if (type === undefined || body === undefined) throw new Error(`nobody says how to call ${method} ${path}`);
  return { headers: { 'content-type': type }, body };
}

/** The call with these headers. */
const also = (call: Call, headers: Record<string, string>): Call => ({
  ...call,
  headers: { ...call.headers, ...headers },
});

const bearer =
  (key: string): Ask =>
  async (_route, call) =>
    also(call, { authorization: `Bearer ${key}` });

/** Signed as a partner's system signs. */
const systemOf =
  ({ gateway }: Rig, { secret }: RigPartner): Ask =>
  async (_route, call) => {
    const timestamp = Math.floor(gateway.now().getTime() / 1_000);
    const signed = { id: chance.newId(), timestamp, body: call.body ?? '' };
    return also(call, await signWebhook([await readWebhookSigner(secret)], signed));
  };

const gatewayCall =
  ({ gateway }: Rig, did: string, key: SigningKey): Ask =>
  async (_route, call) => {
    const body = new TextEncoder().encode(call.body ?? '');
    const signed = await signGatewayCall(did, makeCallSigner(key), {
      id: chance.newId(),
      at: gateway.now(),
      body,
    });
    // A post keeps its own content type.
    return { ...call, headers: { ...signed, ...call.headers } };
  };

type Linking = Pick<Company, 'sender' | 'recipient'>;

/** A new start page for each call: it is used up, and ends the one before it. */
const newOfficer =
  ({ gateway }: Rig, { designation }: RigPartner): Ask =>
  async (_route, call) => {
    const draft = { channel: 'telegram', shows: 'notice', lang: 'en', officer: 'o1' } as const;
    const { token } = await inviteOfficer(gateway, { ...draft, focalPoint: designation.focal_point });
    return { ...call, token };
  };

/** A new link to a new message of the thread for each call: a link is used up. */
const linkHolder =
  (house: Rig, { sender, recipient }: Linking, { thread }: Begun, purpose: 'read' | 'acknowledge'): Ask =>
  async (_route, call) => {
    const message = await postMessage(sender, {
      ...withFile,
      to: [recipient.designation.slug],
      thid: thread,
    });
    const links = await makeLinksTo(house, message, recipient.designation);
    return { ...call, token: links[purpose].split('/').at(-1) ?? '' };
  };

async function rolesOf(house: Rig, people: Company, fixed: Begun): Promise<Readonly<Record<string, Ask>>> {
  const { sender, recipient, outsider, left, chat } = people;
  const revoked = await addAccessKey(house.gateway, recipient.designation.focal_point, 'revoked');
  await revokeAccessKey(house.gateway, shownIdOfAccessKey(hashOfAccessKey(revoked)));
  const police = await designateOwnCustody(house, {
    slug: 'police',
    country: 'KH',
    officers: [makeOfficer()],
  });
  const far = await importSigningKey(await generateSigningJwk('did:web:far.test#evidence'));
  const draft = { url: FAR, name: 'Far', country: 'KH', signing: [far.publicJwk] };
  await keepGateway(house.gateway, await designateGateway(house.authorities.KH, draft, house.gateway.now()));
  const nobodys = await importSigningKey(await generateSigningJwk('did:web:nobody.test#evidence'));
  return {
    nobody: async (_route, call) => call,
    'a network that has reached its limit': async (_route, call) => also(call, { [FLOODING]: 'flooding' }),
    'an access key of the sender': bearer(sender.accessKey),
    'an access key of the recipient': bearer(recipient.accessKey),
    'an access key of another desk': bearer(outsider.accessKey),
    'an access key of a recipient that was withdrawn': bearer(left.accessKey),
    'an access key of the recipient that was revoked': bearer(revoked),
    'an access key that was never given': bearer(`amk_${'A'.repeat(43)}`),
    'the system of the sender': systemOf(house, sender),
    'the system of the recipient': systemOf(house, recipient),
    'the system of another desk': systemOf(house, outsider),
    'the system of a recipient that was withdrawn': systemOf(house, left),
    'a desk with keys of its own': async ({ path }, call) => {
      if (path !== '/v1/consignments') return call;
      const message = makeText(police.keys.did, [recipient.designation.focal_point], house.gateway.now());
      const claims = await sealConsignment(police.keys, message, [recipient.designation]);
      return { ...call, body: JSON.stringify(await signConsignment(police.keys, claims)) };
    },
    'another gateway': gatewayCall(house, 'did:web:far.test', far),
    'a gateway that nobody designated': gatewayCall(house, 'did:web:nobody.test', nobodys),
    Telegram: async (_route, call) => also(call, { 'x-telegram-bot-api-secret-token': BOT_SECRET }),
    'who has a link to read': linkHolder(house, people, fixed, 'read'),
    'who has a link to acknowledge': linkHolder(house, people, fixed, 'acknowledge'),
    'who has a link from a chat to read, and no PIN': linkHolder(
      house,
      { sender, recipient: chat },
      fixed,
      'read',
    ),
    'who has a link from a chat to acknowledge, and no PIN': linkHolder(
      house,
      { sender, recipient: chat },
      fixed,
      'acknowledge',
    ),
    'who was given a start page': newOfficer(house, chat),
    monitoring: bearer(METRICS_KEY),
  };
}
