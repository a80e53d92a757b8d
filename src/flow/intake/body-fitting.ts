/**
 * Checks content that only the holder of a key can judge. On the assisted route the gateway opens, with keys
 * in its custody, what the sender itself sent or received in the thread, and checks manifests and answers
 * against it.
 */

import { checkAcceptedPersons, checkManifest } from '../../domain/message/manifest.ts';
import type { MessageName } from '../../domain/message/message.ts';
import { checkBody } from '../../domain/message/protocol.ts';
import { requestKindOf } from '../../domain/message/request-bodies.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Unsealing } from '../../gateway-parts.ts';
import type { MessageRow } from '../../store/contracts/message-rows.ts';
import { openForParty } from '../content/opening.ts';
import type { MessagePlace } from './placing.ts';

type Body = Readonly<Record<string, unknown>>;

/** Types whose bodies cannot name a person. */
const NAMELESS: readonly MessageName[] = [
  ...(['text', 'drill', 'clarification', 'refusal', 'closure', 'recall'] as const),
  ...(['permission-request', 'permission', 'correction'] as const),
];

/**
 * The body of a kept message that the sender of the new one sent or received. Undefined if its key is not in
 * custody here, or the content is gone.
 */
async function bodyFor(gateway: Unsealing, row: MessageRow, reader: string): Promise<Body | undefined> {
  try {
    return (await openForParty(gateway, row, reader))?.message.body;
  } catch (fault) {
    if (fault instanceof Refusal) return undefined;
    throw fault;
  }
}

/**
 * Checks the new message's body against the thread, as far as it can be opened here. A reply takes the kind
 * of its request, a permission takes what it was asked for.
 * @throws Refusal `unknown-person`, `invalid-body`
 */
export async function fitBody(
  gateway: Unsealing,
  sender: string,
  post: { readonly name: MessageName; readonly body: Record<string, unknown> },
  { thread, about }: MessagePlace,
): Promise<Record<string, unknown>> {
  const { name, body } = post;
  if (thread === undefined) return body;
  if (name === 'handover') await checkPersons(gateway, sender, body, thread);
  if (name !== 'reply' && name !== 'acceptance' && name !== 'permission') return body;
  const row = about === undefined ? undefined : (await gateway.store.messages.readMessage(about))?.message;
  const answered = row && (await bodyFor(gateway, row, sender));
  if (row === undefined || answered === undefined) return body;
  if (name === 'acceptance') checkAcceptedPersons(answered, body);
  if (name === 'permission') return permissionFor(row, answered, body);
  return name === 'reply' && row.type === 'request' ? replyTo(answered, body) : body;
}

/**
 * A message that cannot be opened here may name the person. So a person is unknown only if the whole thread
 * can be opened.
 */
async function checkPersons(
  gateway: Unsealing,
  sender: string,
  manifest: Body,
  thread: string,
): Promise<void> {
  const rows = (await gateway.store.threads.readThread(thread)).filter(
    (row) => !NAMELESS.includes(row.type) && (row.sender === sender || row.addressees.includes(sender)),
  );
  const bodies: Body[] = [];
  for (const row of rows) {
    const body = await bodyFor(gateway, row, sender);
    if (body === undefined) return;
    bodies.push(body);
  }
  checkManifest(bodies, manifest);
}

/** A permission names what it is for: the message and the third party of its request. */
function permissionFor(
  row: MessageRow,
  request: Body,
  body: Record<string, unknown>,
): Record<string, unknown> {
  if (body['granted'] !== true) return body;
  const asked = { original: row.about, third_party: request['third_party'] };
  for (const [member, value] of Object.entries(asked))
    if (body[member] !== undefined && JSON.stringify(body[member]) !== JSON.stringify(value))
      throw new Refusal('invalid-body', `/body/${member}: differs from the request`);
  return checkBody('permission', { ...body, ...asked });
}

function replyTo(request: Body, body: Record<string, unknown>): Record<string, unknown> {
  const kind = requestKindOf(request);
  if (kind === undefined) return body;
  if (body['kind'] !== undefined && body['kind'] !== kind)
    throw new Refusal('invalid-body', `/body/kind: the request is for ${kind}`);
  return checkBody('reply', { ...body, kind });
}
