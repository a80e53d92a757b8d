/**
 * Calls from partners: plain messages and their officers' acknowledgements. Each call is signed by Standard Webhooks, and the
 * signature over the raw bytes is verified before anything is parsed.
 */

import type { Arrival } from '../../src/domain/carriage/adapter.ts';
import { JSON_BOUNDS } from '../../src/domain/message/json-bounds.ts';
import {
  BODY_LIMIT_BY_ROUTE,
  type BodyLimit,
  checkBodyEncoding,
  checkBodyLength,
  receiveBody,
} from '../../src/domain/message/receive-body.ts';
import { acknowledgementSchema, confirmationSchema } from '../../src/domain/message/submission.ts';
import { slug } from '../../src/domain/party/designation.ts';
import { parseBySchema } from '../../src/domain/words/checked.ts';
import { Refusal } from '../../src/domain/words/error.ts';
import { type Bodies, bytesOfBody, type HeldBody } from '../../src/domain/words/held-body.ts';
import { present } from '../../src/domain/words/present.ts';
import { type HeavyWork, type HeavyWorkChooser, useThisThread } from '../../src/seal/heavy-work.ts';
import { parseStrictBytes } from '../../src/seal/strict-json.ts';
import {
  makeWebhookSecret,
  readWebhookHeaders,
  readWebhookVerifier,
  verifyWebhook,
  type WebhookKey,
} from '../../src/seal/webhook-signature.ts';

export interface WebhookInboundOptions {
  /** Holds a call until its signature is verified. */
  readonly bodies: Bodies;
  readonly now: () => Date;
  /** Chooses where a large post is parsed; in the same thread if absent. */
  readonly heavyFor?: HeavyWorkChooser;
  /** Reads the keys with which a focal point's system signs, `whsec_…` or `whpk_…`, with old ones during an overlap. */
  readonly secretsOf: (slug: string) => Promise<
    | {
        readonly focalPoint: string;
        readonly secrets: readonly string[];
        /** The gateway's id of each secret. */
        readonly ids?: readonly string[];
      }
    | undefined
  >;
  /** Counts an authenticated call of a focal point; false if it has called too often. */
  readonly isWelcome: (focalPoint: string) => boolean;
}

const PATH =
  /^\/v1\/focal-points\/([^/]{1,128})\/(messages|acknowledgements|endpoints\/([0-9a-f]{32})\/confirmation)$/;

/**
 * Turns one call into one arrival. The key of a submission is the caller's `webhook-id`, and its digest is that of the bytes, so
 * that a repeat can be distinguished from a conflict.
 */
export async function receiveWebhook(
  options: WebhookInboundOptions,
  request: Request,
): Promise<readonly Arrival[]> {
  try {
    return [await read(options, request)];
  } catch (error) {
    // An unreadable key is a fault of the gateway, not of the caller.
    if (!(error instanceof Refusal) || error.code === 'configuration') throw error;
    return [refusal(error)];
  }
}

type Refused = Extract<Arrival, { kind: 'refused' }>;

const refusal = (error: Refusal): Refused => ({ kind: 'refused', code: error.code, detail: error.detail });

async function read(options: WebhookInboundOptions, request: Request): Promise<Arrival> {
  const [, name = '', what, endpoint] = PATH.exec(new URL(request.url).pathname) ?? [];
  if (what === undefined)
    throw new Refusal(
      'not-found',
      'partners can post messages, acknowledgements and confirmations of endpoints',
    );
  if (request.method !== 'POST') throw new Refusal('method-not-allowed', 'this address accepts only POST');
  const { bodies } = options;
  const door = what === 'messages' ? BODY_LIMIT_BY_ROUTE.assistedPost : BODY_LIMIT_BY_ROUTE.acknowledgement;
  checkHead(request, door, options.now());
  const body = await receiveBody(request, door, bodies);
  try {
    return await bodies.inTurn(body, async () => judged(options, request, { name, what, endpoint, body }));
  } finally {
    body.release();
  }
}

interface Called {
  readonly name: string;
  readonly what: string;
  /** Id of the endpoint that a confirmation is about. */
  readonly endpoint: string | undefined;
  readonly body: HeldBody;
}

/** Authenticates the caller before it parses anything. */
async function judged(
  options: WebhookInboundOptions,
  request: Request,
  { name, what, endpoint, body }: Called,
): Promise<Arrival> {
  const { focalPoint, verifiers, ids } = await keysOf(options, name);
  const { id, verifier } = await verifyWebhook(verifiers, request.headers, body, options.now());
  const bytes = await bytesOfBody(body);
  const heavy = (options.heavyFor ?? useThisThread)(bytes.length);
  try {
    if (!options.isWelcome(focalPoint)) throw new Refusal('too-many-requests', 'the limit is reached');
    checkType(request);
    if (endpoint !== undefined)
      return toConfirmation({ focalPoint, endpoint, secret: ids[verifier] ?? '' }, bytes);
    return what === 'messages'
      ? await toSubmission(heavy, { focalPoint, key: id }, bytes)
      : toDecision(focalPoint, bytes);
  } catch (error) {
    // The caller is authenticated by now, so the rejection can be signed.
    if (error instanceof Refusal) return { ...refusal(error), focalPoint, digest: await heavy.digest(bytes) };
    throw error;
  }
}

const isJson = ({ headers }: Request): boolean =>
  /^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i.test(headers.get('content-type') ?? '');

/** @throws Refusal `wrong-content-type` */
function checkType(request: Request): void {
  if (!isJson(request)) throw new Refusal('wrong-content-type', 'the content type must be application/json');
  checkBodyEncoding(request);
}

/**
 * Makes all checks that need neither a key nor the bytes. For a signed call the content type is checked after authentication, so
 * that its rejection can be signed.
 */
function checkHead(request: Request, door: BodyLimit, now: Date): void {
  if (!request.headers.has('webhook-signature')) checkType(request);
  checkBodyLength(request, door);
  readWebhookHeaders(request.headers, now);
}

/**
 * Reads the keys of a focal point. An unknown one, or one without keys, gets a key that nobody has: the time and the answer are
 * then those of a wrong signature, so that a caller cannot find out who is connected.
 */
async function keysOf(options: WebhookInboundOptions, name: string) {
  const known = slug.safeParse(name).success ? await options.secretsOf(name) : undefined;
  const nobodys = () => [makeWebhookSecret(crypto.getRandomValues(new Uint8Array(32)))];
  const secrets = known !== undefined && known.secrets.length > 0 ? known.secrets : nobodys();
  const verifiers: readonly WebhookKey[] = await Promise.all(secrets.map(readWebhookVerifier));
  return { focalPoint: known?.focalPoint ?? '', verifiers, ids: known?.ids ?? [] };
}

async function toSubmission(
  heavy: HeavyWork,
  by: { readonly focalPoint: string; readonly key: string },
  body: Uint8Array,
): Promise<Arrival> {
  const post = await heavy.post(body);
  return { kind: 'submission', ...by, digest: await heavy.digest(body), ...post };
}

function toDecision(focalPoint: string, body: Uint8Array): Arrival {
  const { message, officer, decision, ground, settles } = parseBySchema(
    acknowledgementSchema,
    parseStrictBytes(body, JSON_BOUNDS.small),
  );
  return {
    kind: 'decision',
    by: { via: 'system', focalPoint, message, officer },
    decision,
    ...present({ ground, settles }),
  };
}

function toConfirmation(
  by: { readonly focalPoint: string; readonly endpoint: string; readonly secret: string },
  body: Uint8Array,
): Arrival {
  return {
    kind: 'confirmation',
    ...by,
    ...parseBySchema(confirmationSchema, parseStrictBytes(body, JSON_BOUNDS.small)),
  };
}
