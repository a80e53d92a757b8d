/**
 * The one error table. Each refusal of the gateway has a code here, with an HTTP status, a title that names the
 * fault, and a sentence that says what to do. Problem documents, signed rejections and exit codes are made from it.
 */

interface ProblemEntry {
  readonly status: number;
  readonly title: string;
  readonly help: string;
}

export const PROBLEMS = {
  // The body cannot be read.
  'too-large': {
    status: 413,
    title: 'Too large',
    help: 'Send less: see the limits in the OpenAPI description.',
  },
  'wrong-content-type': {
    status: 415,
    title: 'Wrong content type',
    help: 'Send the content type named in the OpenAPI description.',
  },
  'malformed-json': {
    status: 400,
    title: 'Not valid JSON',
    help: 'Send one JSON object, UTF-8, without duplicate members.',
  },
  'invalid-body': {
    status: 422,
    title: 'A member is missing or wrong',
    help: 'Correct the members named in the detail and send again.',
  },
  'unknown-type': {
    status: 422,
    title: 'Unknown message type',
    help: 'Use a type from the protocol table in the OpenAPI description.',
  },
  'jose-malformed': {
    status: 400,
    title: 'Not a JOSE object',
    help: 'Send JWS or JWE in General JSON with strict base64url.',
  },
  'jose-header-refused': {
    status: 400,
    title: 'A JOSE header is not allowed',
    help: 'Use EdDSA or ES256; ECDH-ES+A256KW with A256CBC-HS512 or A256GCM; no zip, crit or embedded keys.',
  },

  // The caller cannot be authenticated.
  'signature-missing': {
    status: 401,
    title: 'Signature missing',
    help: 'Send the webhook-id, webhook-timestamp and webhook-signature headers.',
  },
  'signature-invalid': {
    status: 401,
    title: 'Signature does not verify',
    help: 'Sign the exact bytes you send with the current key of this focal point. Put id, timestamp and signature in the webhook headers of Standard Webhooks.',
  },
  'timestamp-out-of-range': {
    status: 401,
    title: 'Timestamp too old or too new',
    help: 'Set your clock and sign again. The timestamp may differ from the gateway’s clock by five minutes.',
  },
  'access-denied': {
    status: 401,
    title: 'Access key missing or not valid',
    help: 'Send Authorization: Bearer with an access key of your focal point; for metrics, with the key that the operator has set.',
  },
  'decryption-failed': {
    status: 422,
    title: 'The message cannot be decrypted',
    help: 'Seal the message again to the keys in the recipient’s current DID document.',
  },

  // The sender, the recipient and the rules between them.
  'unknown-sender': {
    status: 403,
    title: 'Unknown sender',
    help: 'Only designated focal points may send. Ask your authority for a designation.',
  },
  'unknown-gateway': {
    status: 403,
    title: 'Unknown gateway',
    help: 'Only designated gateways relay to each other. Ask the operator here to import your authority’s statement about your gateway.',
  },
  'not-homed': {
    status: 403,
    title: 'The focal point is not homed at this gateway',
    help: 'A gateway may act only for focal points whose designation names it. Use the gateway in the designation.',
  },
  'unknown-recipient': {
    status: 422,
    title: 'Unknown recipient',
    help: 'Look up focal points at /v1/directory.',
  },
  misaddressed: {
    status: 422,
    title: 'Sender, recipients or attachments do not match',
    help: 'Name the same sender, recipients and attachments everywhere in the message and its consignment.',
  },
  'designation-ended': {
    status: 403,
    title: 'Designation not in force',
    help: 'The focal point’s designation has ended or has not begun. Ask its authority for a new one.',
  },
  'not-covered': {
    status: 403,
    title: 'No agreement covers this',
    help: 'No agreement in force lets this sender send this type to this recipient. Ask the authorities to amend the agreement.',
  },
  'wrong-custody': {
    status: 403,
    title: 'Wrong API route for this custody',
    help: 'A focal point with its own keys posts to /v1/consignments. One in gateway custody posts to /v1/focal-points/{slug}/messages.',
  },
  'no-endpoint': {
    status: 422,
    title: 'The recipient has no endpoint now',
    help: 'Ask the operator of the recipient’s gateway to add or enable an endpoint that the agreement allows. Waiting messages are then sent automatically.',
  },
  'attachment-refused': {
    status: 422,
    title: 'A file of this kind may not be sent',
    help: 'The file can run a program on the reader’s computer. Send it as a document or a picture, or ask the parties to list its media type in the agreement (runnable_media_types).',
  },
  'digest-mismatch': {
    status: 422,
    title: 'A digest does not match',
    help: 'Recompute the digest of each sealed message and sign the consignment again.',
  },
  expired: {
    status: 422,
    title: 'The message has expired',
    help: 'Send a new message with an expires_time in the future.',
  },
  'clock-skew': {
    status: 422,
    title: 'A time is impossible',
    help: 'A time is more than five minutes ahead, or earlier than the message it refers to. Set your clock and send again.',
  },
  'id-conflict': {
    status: 409,
    title: 'This id was used for another message',
    help: 'Use a new id for a new message. Repeat the same bytes to get the receipt again.',
  },
  'unknown-thread': {
    status: 422,
    title: 'Unknown thread',
    help: 'Use the thid of a message you sent or received, or leave it out to open a new thread.',
  },
  'drill-apart': {
    status: 422,
    title: 'A drill and a case cannot share a thread',
    help: 'Leave out thid. A drill has its own thread, and that thread takes only messages of the drill.',
  },
  'nothing-to-answer': {
    status: 422,
    title: 'The thread has nothing to answer',
    help: 'This type answers an earlier message. Set thid to the thread of that message.',
  },
  'about-required': {
    status: 422,
    title: 'The message does not say what it is about',
    help: 'Set about to the id of the message that this one answers.',
  },
  'about-unknown': {
    status: 422,
    title: 'The message this refers to is unknown',
    help: 'Set about to a message in this thread that is not recalled and has a type that this one can answer.',
  },
  'already-answered': {
    status: 409,
    title: 'Already answered',
    help: 'Each focal point answers a message once. Send later news as a followup, and fix a mistake with a correction.',
  },
  'not-asked': {
    status: 403,
    title: 'The message was not sent to this focal point',
    help: 'Only a recipient of the message can answer it. Check about and thid.',
  },
  'not-originator': {
    status: 403,
    title: 'Not the originator',
    help: 'Only the focal point that sent a message can correct or recall it.',
  },
  recalled: {
    status: 410,
    title: 'The message was recalled',
    help: 'Its sender has recalled it, and its content is deleted. Read the recall.',
  },
  'content-gone': {
    status: 410,
    title: 'The content is deleted',
    help: 'The message was recalled, or its retention period has ended. The evidence stays: export the case without contents.',
  },
  'permission-needed': {
    status: 403,
    title: 'The originator’s permission is needed',
    help: 'Send a permission-request about the original that names the third party’s focal point; name the permission in grant.',
  },
  'handling-restricted': {
    status: 403,
    title: 'Restricted by its handling code',
    help: 'Content of others under H2 or H3 can be read only in the packet or in the reader. Read it there.',
  },
  'not-handed-over': {
    status: 409,
    title: 'The message is not handed over yet',
    help: 'Ask again after the message has reached this focal point: by its system, by its mailbox, or opened in the reader.',
  },
  'unknown-person': {
    status: 422,
    title: 'The thread does not know this person',
    help: 'Use the refs that persons have in the thread. Send a report first to add a new person.',
  },

  // Acknowledging.
  'endpoint-test-failed': {
    status: 409,
    title: 'The endpoint failed its test',
    help: 'Fix the fault that the code names at the endpoint or its channel, then test again: amanat endpoint show ID.',
  },
  'officer-renamed': {
    status: 409,
    title: 'An officer has another name',
    help: 'Use --same-person ID if the same person has a new name, or --new-person ID if somebody else has the id now.',
  },
  'confirmation-needed': {
    status: 409,
    title: 'The focal point has not confirmed the endpoint',
    help: 'It can be confirmed by an officer with the link they got, by the focal point’s system with a signed call, or by its authority with a statement. See: amanat endpoint show ID.',
  },
  'nothing-to-confirm': {
    status: 409,
    title: 'This is not waiting for confirmation',
    help: 'It was confirmed, refused or replaced, or its time has passed. Read the newest endpoint.waiting.',
  },
  'unknown-officer': {
    status: 403,
    title: 'Unknown officer',
    help: 'Only an officer named in the focal point’s designation can acknowledge.',
  },
  'ground-required': {
    status: 422,
    title: 'A reason is required',
    help: 'To decline, set ground to a reason from the published list.',
  },
  'already-settled': {
    status: 409,
    title: 'The contradiction is settled already',
    help: 'An officer of this focal point has settled it with another acknowledgement, which is in effect. Read the message’s status.',
  },
  'other-words': {
    status: 409,
    title: 'Other acknowledgements contradict each other',
    help: 'Read the message’s status, and name in settles every acknowledgement of the open contradiction.',
  },
  'link-unknown': {
    status: 404,
    title: 'This link is unknown',
    help: 'Open the newest notice, or ask the operator for a new link.',
  },
  'link-used': {
    status: 410,
    title: 'This link was used already',
    help: 'Each link works once. Open the newest notice to get a new link.',
  },
  'link-expired': {
    status: 410,
    title: 'This link has expired',
    help: 'Ask the operator of your gateway to send the message again.',
  },

  'pin-needed': {
    status: 403,
    title: 'The officer’s PIN is needed',
    help: 'Open the link in a browser and enter your PIN. If you have no PIN, ask the operator for a start page.',
  },
  'cross-site': {
    status: 403,
    title: 'The form was posted from another site',
    help: 'Open the link and use the form on the gateway’s own page.',
  },

  // The service itself.
  'not-found': {
    status: 404,
    title: 'Not found',
    help: 'Check the address. A message is shown only to its sender and its recipients.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    help: 'See the OpenAPI description for the methods of this address.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    help: 'Wait for the seconds in Retry-After, then send again. RateLimit says how many calls are left.',
  },
  'too-slow': {
    status: 408,
    title: 'The body was sent too slowly',
    help: 'Nothing was stored. Send the whole body within the time in the detail.',
  },
  busy: {
    status: 503,
    title: 'The gateway is busy',
    help: 'Nothing was stored. Wait for the seconds in Retry-After, then send the same again.',
  },
  'newer-version': {
    status: 503,
    title: 'The version is newer than this gateway supports',
    help: 'Send it again later. /.well-known/amanat.json lists what this gateway supports.',
  },
  'not-ready': { status: 503, title: 'Not ready', help: 'Nothing was stored. Send again in a moment.' },
  'database-down': {
    status: 503,
    title: 'The database does not answer',
    help: 'Send again in a moment with the same id. If the message was stored after all, you get its receipt.',
  },
  'record-unreadable': {
    status: 500,
    title: 'The stored record cannot be read',
    help: 'The operator of this gateway is informed. The case file contains what is left of the record.',
  },
  fault: {
    status: 500,
    title: 'Something went wrong here',
    help: 'Send again with the same id. The operator can find the fault by the instance id.',
  },

  // Faults that an operator meets at start or on the command line.
  configuration: {
    status: 500,
    title: 'The configuration cannot be used',
    help: 'Correct what the detail names, then run it again.',
  },
  'schema-mismatch': {
    status: 500,
    title: 'Program and database are of different versions',
    help: 'Run a program of the database’s version or newer: docs/operate.md, Upgrading.',
  },
  'channel-secret-missing': {
    status: 500,
    title: 'A channel’s secret is missing',
    help: 'Set the secret that the detail names, or remove the channel from the configuration.',
  },
  'runtime-unsupported': {
    status: 500,
    title: 'This runtime does not support that',
    help: 'Run the gateway on Node for what the detail names, or remove it from the configuration.',
  },
  'statement-refused': {
    status: 422,
    title: 'The statement does not verify',
    help: 'Check its signer, its country, and the period for which it is in force.',
  },
  'statement-missing': {
    status: 422,
    title: 'A statement is missing here',
    help: 'Ask the operator to import the statement that the detail names, then send again.',
  },
  'key-reused': {
    status: 422,
    title: 'The key belongs to somebody else',
    help: 'Make new keys. A key that is or was listed for another focal point or a gateway is refused.',
  },
  'nothing-failed': {
    status: 409,
    title: 'There is nothing to send again',
    help: 'See the message’s status. Failed and waiting deliveries can be sent again; delivered and answered ones cannot.',
  },
  'signer-required': {
    status: 409,
    title: 'Several pieces of evidence have this id',
    help: 'Add the parameter by with the DID of the gateway that signed the one you want.',
  },
  'ledger-malformed': {
    status: 422,
    title: 'This is not a ledger record',
    help: 'Send notes, checkpoints, proofs and tiles exactly in the form of the C2SP specifications.',
  },
  'ledger-refused': {
    status: 422,
    title: 'The ledger does not prove this',
    help: 'Check the ledger’s verifier key, and that entry, proof and checkpoint belong together.',
  },
  'grants-not-adopted': {
    status: 500,
    title: 'The grants in the database are not confirmed yet',
    help: 'Run "amanat grants adopt", check its list, and confirm.',
  },
  'operator-log-broken': {
    status: 500,
    title: 'The operator’s log was changed',
    help: 'Somebody has changed the database. Restore it from a backup, and find out who had write access.',
  },
  'already-exists': {
    status: 409,
    title: 'Already exists',
    help: 'Choose another name, or change the existing one.',
  },
} as const satisfies Record<string, ProblemEntry>;

export type ProblemCode = keyof typeof PROBLEMS;

/** The URN of a code in problem documents and signed rejections (RFC 9457 §3.1.1). */
export const problemType = (code: ProblemCode): string => `urn:amanat:problem:${code}`;

/**
 * A refusal with a code from {@link PROBLEMS}. `detail` says what was wrong in this case. It never contains
 * personal data, key material or message content.
 */
export class Refusal extends Error {
  readonly code: ProblemCode;
  readonly detail: string;
  /** A signed rejection (JWS), if the sender was authenticated. */
  evidence?: string;
  /** The name of the limit that was reached. */
  policy?: string;

  constructor(code: ProblemCode, detail: string) {
    super(`${code}: ${detail}`);
    this.name = 'Refusal';
    this.code = code;
    this.detail = detail;
  }
}
