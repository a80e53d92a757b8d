/**
 * The one error table. Every refusal the gateway can give has a code here, with its HTTP status, a title, and a
 * sentence that tells the reader what to do. Problem documents, signed rejections and exit codes derive from it.
 */

interface ProblemEntry {
  readonly status: number;
  readonly title: string;
  readonly help: string;
}

export const PROBLEMS = {
  // What was sent cannot be read.
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

  // The caller is not proven.
  'signature-missing': {
    status: 401,
    title: 'Signature missing',
    help: 'Send the webhook-id, webhook-timestamp and webhook-signature headers.',
  },
  'signature-invalid': {
    status: 401,
    title: 'Signature does not verify',
    help: 'Sign the exact bytes you send with the current key of this focal point, and put id, time and signature in the webhook headers as Standard Webhooks has them.',
  },
  'timestamp-out-of-range': {
    status: 401,
    title: 'Timestamp too old or too new',
    help: 'Set your clock and sign again: the timestamp may differ by five minutes.',
  },
  'access-denied': {
    status: 401,
    title: 'Access key missing or not valid',
    help: 'Send Authorization: Bearer with a key that opens this address: an access key of your focal point, or for metrics the one their operator set.',
  },
  'decryption-failed': {
    status: 422,
    title: 'Could not be opened',
    help: 'Seal again to the keys in the recipient’s current DID document.',
  },

  // The parties and the rules.
  'unknown-sender': {
    status: 403,
    title: 'Unknown sender',
    help: 'Only designated focal points may send. Ask your authority for a designation.',
  },
  'unknown-gateway': {
    status: 403,
    title: 'Unknown gateway',
    help: 'Only designated gateways relay to each other. Have the statement of your authority imported here.',
  },
  'not-homed': {
    status: 403,
    title: 'Not homed at that gateway',
    help: 'A gateway speaks for its own focal points only: those whose designation names it.',
  },
  'unknown-recipient': {
    status: 422,
    title: 'Unknown recipient',
    help: 'Look up focal points at /v1/directory.',
  },
  misaddressed: {
    status: 422,
    title: 'Misaddressed',
    help: 'Sender, recipients and attachments must name each other exactly.',
  },
  'designation-ended': {
    status: 403,
    title: 'Designation not in force',
    help: 'The focal point’s designation has ended or not begun. Ask its authority.',
  },
  'not-covered': {
    status: 403,
    title: 'Not covered by an agreement',
    help: 'No agreement in force lets this sender say this to this recipient.',
  },
  'wrong-custody': {
    status: 403,
    title: 'Wrong way in for this custody',
    help: 'A focal point with its own keys posts to /v1/consignments; one in gateway custody posts plain messages.',
  },
  'no-endpoint': {
    status: 422,
    title: 'Recipient cannot be reached now',
    help: 'The recipient has no endpoint the agreement allows. The operator of its gateway adds or enables one; what waits for it then goes by itself.',
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
    title: 'Expired',
    help: 'expires_time has passed or is not a sensible time. Send a new message.',
  },
  'clock-skew': {
    status: 422,
    title: 'A time that cannot be',
    help: 'A time in it is more than five minutes ahead, or before what it is about. Set your clock.',
  },
  'id-conflict': {
    status: 409,
    title: 'This id was used for something else',
    help: 'Use a new id for a new message; repeat the same bytes to ask again for the receipt.',
  },
  'unknown-thread': {
    status: 422,
    title: 'Unknown thread',
    help: 'Use the thid of a message you sent or received, or leave it out to open a new thread.',
  },
  'drill-apart': {
    status: 422,
    title: 'A drill stands apart from cases',
    help: 'Leave thid out: a drill has a thread of its own, and nothing else is said in it.',
  },
  'nothing-to-answer': {
    status: 422,
    title: 'Nothing to answer',
    help: 'This type answers an earlier message in the same thread; name its thread.',
  },
  'about-required': {
    status: 422,
    title: 'It must say what it is about',
    help: 'Set about to the id of the message that this one answers.',
  },
  'about-unknown': {
    status: 422,
    title: 'About nothing that it can be about',
    help: 'Set about to a message of the thread, of a type that this one answers, and not taken back.',
  },
  'already-answered': {
    status: 409,
    title: 'Already answered',
    help: 'Each desk answers a message once. Send later news as a followup, a mistake as a correction.',
  },
  'not-asked': {
    status: 403,
    title: 'Not asked',
    help: 'Only focal points that the message was sent to can answer it.',
  },
  'not-originator': {
    status: 403,
    title: 'Not the originator',
    help: 'Only the focal point that sent a message can correct it or take it back.',
  },
  recalled: {
    status: 410,
    title: 'Taken back',
    help: 'Its sender has taken the message back; its content is deleted. Read the recall.',
  },
  'content-gone': {
    status: 410,
    title: 'The content is gone',
    help: 'It was taken back, or kept as long as the agreement says. Evidence stays: export it without contents.',
  },
  'permission-needed': {
    status: 403,
    title: 'The originator’s permission is needed',
    help: 'Send a permission-request about the original that names the third party’s focal point; name the permission in grant.',
  },
  'handling-restricted': {
    status: 403,
    title: 'Restricted by its handling code',
    help: 'Content of others under H2 and H3 is opened in the packet and the reader only. Read it there.',
  },
  'not-handed-over': {
    status: 409,
    title: 'Not handed over yet',
    help: 'It can be had once the message has come to this desk: to its system, its mailbox, or opened in the reader.',
  },
  'unknown-person': {
    status: 422,
    title: 'A person unknown to the thread',
    help: 'Name persons by the refs they have in the thread; tell of a new person in a report first.',
  },

  // Acknowledging.
  'endpoint-test-failed': {
    status: 409,
    title: 'The endpoint did not take the test',
    help: 'Mend what the code names at the endpoint or its channel, then test again: amanat endpoint show ID.',
  },
  'officer-renamed': {
    status: 409,
    title: 'An officer has another name',
    help: 'Say --same-person ID where it is the same person under another name, or --new-person ID where somebody else has the id now.',
  },
  'confirmation-needed': {
    status: 409,
    title: 'Its desk has not confirmed it',
    help: 'An officer of the desk confirms it by the link they were sent, its system by a signed call, its authority by a statement: amanat endpoint show ID.',
  },
  'nothing-to-confirm': {
    status: 409,
    title: 'Just this does not wait to be confirmed',
    help: 'It was confirmed or refused, its time has passed, or something else is asked by now. Read the newest endpoint.waiting.',
  },
  'unknown-officer': {
    status: 403,
    title: 'Unknown officer',
    help: 'Only an officer named in the focal point’s designation can acknowledge.',
  },
  'ground-required': {
    status: 422,
    title: 'A ground is required',
    help: 'Declining needs a ground from the published list.',
  },
  'already-settled': {
    status: 409,
    title: 'Settled already',
    help: 'An officer of this desk settled the contradiction otherwise. Read the message’s status; that word stands.',
  },
  'other-words': {
    status: 409,
    title: 'Other words contradict each other',
    help: 'Read the message’s status and name in settles every word of the contradiction that is open now.',
  },
  'link-unknown': {
    status: 404,
    title: 'This link is not known',
    help: 'Open the newest notice, or ask the operator for a new link.',
  },
  'link-used': {
    status: 410,
    title: 'This link was used',
    help: 'Each link works once. Open the newest notice for a fresh one.',
  },
  'link-expired': {
    status: 410,
    title: 'This link has expired',
    help: 'Ask the operator of your gateway to send the message again.',
  },

  'pin-needed': {
    status: 403,
    title: 'The officer’s PIN is needed',
    help: 'Open the link in a browser and give your PIN. Who has none asks the operator for a start page.',
  },
  'cross-site': {
    status: 403,
    title: 'Posted from another site',
    help: 'Open the link itself and use the form on the gateway’s own page.',
  },

  // The service itself.
  'not-found': {
    status: 404,
    title: 'Not found',
    help: 'Check the address. Messages are shown to their own parties only.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    help: 'See the OpenAPI description for the methods of this address.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    help: 'Wait as many seconds as Retry-After says, then send again; RateLimit says how much is left.',
  },
  'too-slow': {
    status: 408,
    title: 'Sent too slowly',
    help: 'Send the whole body within the time named; nothing was kept.',
  },
  busy: {
    status: 503,
    title: 'Busy',
    help: 'Wait for the seconds in Retry-After and send the same again; nothing was kept.',
  },
  'newer-version': {
    status: 503,
    title: 'Of a newer version than this gateway reads',
    help: 'Send it again later; what this gateway reads is at /.well-known/amanat.json.',
  },
  'not-ready': { status: 503, title: 'Not ready', help: 'Send again in a moment; nothing was kept.' },
  'database-down': {
    status: 503,
    title: 'The database does not answer',
    help: 'Send again in a moment with the same id: what was kept all the same is answered as a repeat.',
  },
  'record-unreadable': {
    status: 500,
    title: 'What is kept of it cannot be read',
    help: 'The operator of this gateway is told. What is left of it is in the case file.',
  },
  fault: {
    status: 500,
    title: 'Something went wrong here',
    help: 'Send again with the same id; the operator can find it by the instance id.',
  },

  // What an operator meets at start or on the command line.
  configuration: {
    status: 500,
    title: 'Configuration is not complete',
    help: 'Set what the detail names and start again.',
  },
  'schema-mismatch': {
    status: 500,
    title: 'Program and database are of different versions',
    help: 'Run the version of the program that the database is of, or a newer one: docs/operate.md, Upgrading.',
  },
  'channel-secret-missing': {
    status: 500,
    title: 'A channel’s secret is missing',
    help: 'Set the secret the detail names, or take the channel out of the configuration.',
  },
  'runtime-unsupported': {
    status: 500,
    title: 'This runtime cannot do that',
    help: 'Run the Node entry for what the detail names, or take it out of the configuration.',
  },
  'statement-refused': {
    status: 422,
    title: 'A statement does not verify',
    help: 'Check who signed it, for which country, and from when until when.',
  },
  'statement-missing': {
    status: 422,
    title: 'A statement is not known here yet',
    help: 'Send it again later: the operator has to import the statement that it rests on.',
  },
  'key-reused': {
    status: 422,
    title: 'A key is another’s',
    help: 'Make new keys: one that is, or ever was, listed for another focal point or a gateway is not taken.',
  },
  'nothing-failed': {
    status: 409,
    title: 'There is nothing to send again',
    help: 'See the message’s status: what failed or waits can be sent again, and what was delivered or answered cannot.',
  },
  'signer-required': {
    status: 409,
    title: 'More than one evidence has this id',
    help: 'Add by with the DID of the gateway that signed the one you mean.',
  },
  'ledger-malformed': {
    status: 422,
    title: 'Not a record of a ledger',
    help: 'Send notes, checkpoints, proofs and tiles exactly as C2SP describes them.',
  },
  'ledger-refused': {
    status: 422,
    title: 'A ledger does not prove this',
    help: 'Check the ledger’s verifier key, and that entry, proof and checkpoint belong together.',
  },
  'grants-not-adopted': {
    status: 500,
    title: 'The grants in the database are not confirmed yet',
    help: 'Run "amanat grants adopt", look through what it lists, and confirm it.',
  },
  'operator-log-broken': {
    status: 500,
    title: 'The operator’s log is not what was recorded',
    help: 'Somebody has changed the database. Restore it from a backup, and find out who could write to it.',
  },
  'already-exists': {
    status: 409,
    title: 'Already exists',
    help: 'Choose another name, or change what is there.',
  },
} as const satisfies Record<string, ProblemEntry>;

export type ProblemCode = keyof typeof PROBLEMS;

/** The URN by which problem documents and signed rejections name a code (RFC 9457 §3.1.1). */
export const problemType = (code: ProblemCode): string => `urn:amanat:problem:${code}`;

/**
 * A refusal with a code from {@link PROBLEMS}. `detail` says what was wrong in this case and never carries
 * personal data, key material or anything of a message's content.
 */
export class Refusal extends Error {
  readonly code: ProblemCode;
  readonly detail: string;
  /** A signed rejection (JWS), where the sender was known. */
  evidence?: string;
  /** The limit that was reached. */
  policy?: string;

  constructor(code: ProblemCode, detail: string) {
    super(`${code}: ${detail}`);
    this.name = 'Refusal';
    this.code = code;
    this.detail = detail;
  }
}
