/**
 * The operator's log: what an administrator, or the program by itself, did to a gateway. Each entry is evidence of the event
 * `OperatorAct`, about no message, and holds no personal data: ids, slugs and handles only.
 */
import { z } from 'zod';
import { digest } from '../message/consignment.ts';
import { hexId } from '../message/message.ts';
import { OPENED_ACCESS } from '../party/confirmation.ts';
import { did, instant } from '../party/designation.ts';

/** Every act that is recorded, by what it was done to. */
export const OPERATOR_ACTS = [
  'gateway.made',
  'channel.set',
  'designation.imported',
  'withdrawal.imported',
  'agreement.imported',
  'gateway.imported',
  'endpoint.added',
  'endpoint.set',
  'endpoint.disabled',
  'endpoint.enabled',
  'endpoint.off',
  'endpoint.on',
  'endpoint.removed',
  'endpoint.confirmed',
  'endpoint.refused',
  'endpoint.expired',
  'endpoint.change-refused',
  'endpoint.change-expired',
  'officer.invited',
  'officer.linked',
  'officer.unlinked',
  'pin.invited',
  'pin.set',
  'pin.missed',
  'pin.proven',
  'pin.locked',
  'pin.replaced',
  'pin.renamed',
  'pin.left',
  'link.used',
  'access-key.made',
  'access-key.revoked',
  'secret.made',
  'secret.ended',
  'custody-key.made',
  'roster.set',
  'grants.adopted',
  'master.rotated',
  'master.finished',
  'master.forgotten',
  'gateway-key.rotated',
  'gateway-key.finished',
  'message.retried',
  'retention.run',
  'alarm.settled',
  'drill.started',
  'case.exported',
  'letter.made',
] as const;
export type OperatorActCode = (typeof OPERATOR_ACTS)[number];

/**
 * What an act makes, changes or ends, where that is one thing that grants something: of one subject only the newest act of
 * its kind counts, and ends the one before it.
 */
const GRANTS: Partial<Record<OperatorActCode, string>> = {
  'endpoint.added': 'endpoint',
  'endpoint.set': 'endpoint',
  'endpoint.disabled': 'endpoint',
  'endpoint.enabled': 'endpoint',
  'endpoint.removed': 'endpoint',
  'endpoint.confirmed': 'endpoint',
  'endpoint.refused': 'endpoint',
  'endpoint.expired': 'endpoint',
  'endpoint.change-refused': 'endpoint',
  'endpoint.change-expired': 'endpoint',
  'officer.invited': 'endpoint',
  'officer.linked': 'endpoint',
  'officer.unlinked': 'endpoint',
  'pin.invited': 'pin',
  'pin.set': 'pin',
  'pin.missed': 'pin',
  'pin.proven': 'pin',
  'pin.locked': 'pin',
  'pin.replaced': 'pin',
  'pin.renamed': 'pin',
  'access-key.made': 'access-key',
  'access-key.revoked': 'access-key',
  'secret.made': 'secret',
  'secret.ended': 'secret',
  'custody-key.made': 'secret',
  'roster.set': 'roster',
};

/** The kind of grant and the one it is about; undefined for an act about none. */
export function grantOfAct({
  act,
  subject,
  digest: named,
}: Pick<OperatorAct, 'act' | 'subject' | 'digest'>): string | undefined {
  if (named !== undefined) return undefined;
  if (act === 'grants.adopted') return subject.replace('/', ' ');
  return GRANTS[act] === undefined ? undefined : `${GRANTS[act]} ${subject}`;
}

/** The statements that authorities sign, as the log names them. */
export const STATEMENT_KINDS = ['designation', 'withdrawal', 'agreement', 'gateway'] as const;
export type StatementKind = (typeof STATEMENT_KINDS)[number];

/** A statement that an act brought in, or confirmed. */
export interface NamedStatement {
  readonly kind: StatementKind;
  /** DID of the focal point or gateway; of an agreement its id. */
  readonly party: string;
  readonly digest: string;
}

/** The statement that an act names; undefined where it names none. */
export function statementOfAct({
  act,
  subject,
  digest: named,
}: Pick<OperatorAct, 'act' | 'subject' | 'digest'>): NamedStatement | undefined {
  const place = subject.indexOf('/');
  const isAdopted = act === 'grants.adopted';
  const called = isAdopted ? subject.slice(0, place) : act.replace(/\.imported$/, '');
  const kind = STATEMENT_KINDS.find((one) => one === called);
  if (named === undefined || kind === undefined) return undefined;
  const whole = isAdopted ? subject.slice(place + 1) : subject;
  // An agreement is named with its version.
  return { kind, party: kind === 'agreement' ? whole.replace(/\/\d+$/, '') : whole, digest: named };
}

/** Acts after which what was granted is over, with all that was made from it, such as links. */
const ENDS: readonly OperatorActCode[] = [
  'endpoint.removed',
  'endpoint.refused',
  'endpoint.expired',
  'officer.unlinked',
  'pin.locked',
  'pin.replaced',
  'access-key.revoked',
];

export const isEndingAct = (act: OperatorActCode): boolean => ENDS.includes(act);

/** Acts that something comes back from: its secrets stay, and its links do not. */
export const isPausingAct = ({ act, waits }: Pick<OperatorAct, 'act' | 'waits'>): boolean =>
  act === 'endpoint.disabled' || waits === 'endpoint';

/** What one thing is known by, in characters at most. */
const SUBJECT = 256;
/** An adopted thing is named after its kind, such as `designation/`. */
const ADOPTED_AS = 12;

/**
 * By what the log knows a secret: a custodial key by its own id, another by whose it is and its id. Of a DID too long for
 * that, the part that no other of this gateway has: a key's slug and name, another secret's id.
 */
export function subjectOfSecret({
  owner,
  kind,
  id,
}: {
  readonly owner: string;
  readonly kind: string;
  readonly id: string;
}): string {
  const isKey = kind === 'custody-key';
  const subject = isKey ? id : `${owner}/${id}`;
  if (subject.length <= SUBJECT) return subject;
  return isKey ? id.slice(id.lastIndexOf(':') + 1) : id;
}

/** The program itself, as who did something. */
export const GATEWAY_OPERATOR = 'gateway';

/** An operator's handle, or an officer's id where an officer confirmed: letters, digits, dot, hyphen, underscore. */
export const operatorHandleSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/, 'must be a handle: letters, digits, . - _, at most 40');

/** What an act was done to: an opaque id, a slug, a DID, an agreement and its version. Ids are base64url, too. */
export const actSubjectSchema = z
  .string()
  .max(SUBJECT + ADOPTED_AS, { abort: true })
  .regex(/^[A-Za-z0-9_-][A-Za-z0-9._:%#/-]*$/, 'must be an id, a slug or a DID');

/** What was asked of a desk, and who said whether it is right; nobody did where the time passed. */
const judgement = z.strictObject({
  asked: hexId,
  by: z
    .union([
      z.strictObject({ officer: operatorHandleSchema, endpoint: hexId }),
      z.strictObject({ secret: hexId }),
      z.strictObject({ statement: digest }),
    ])
    .optional(),
});

/** What one entry says. */
export const operatorActSchema = z.strictObject({
  act: z.enum(OPERATOR_ACTS),
  subject: actSubjectSchema,
  who: operatorHandleSchema,
  /** SHA-256 of the payload of the statement that was imported or confirmed; absent in every other act. */
  digest: digest.optional(),
  /** Of an act on an endpoint: whose it is, and what it opens or has opened there; see `confirming.ts`. */
  desk: did.optional(),
  opens: z.array(z.enum(OPENED_ACCESS)).max(OPENED_ACCESS.length).optional(),
  /** The endpoint, or the change of one in use, does not count before its desk confirms it. */
  waits: z.enum(['endpoint', 'change']).optional(),
  judged: judgement.optional(),
  /** Of an endpoint that its channel switched off, or a sign of life on again: the channel’s code, or the sign. */
  why: z
    .string()
    .regex(/^[a-z0-9.-]{1,40}$/)
    .optional(),
  /** The entry whose act is over by this one. */
  ends: hexId.optional(),
  /** From 1 without gaps. */
  place: z.int().min(1).max(Number.MAX_SAFE_INTEGER),
  /** SHA-256 of the payload of the entry before it; absent in the first. */
  previous: digest.optional(),
});
export type OperatorAct = z.infer<typeof operatorActSchema>;
export type ConfirmationDecision = z.infer<typeof judgement>;

/** How far the log was seen, as it is kept outside the database; place 0 where nothing is recorded yet. */
export const logHeadSchema = z.union([
  z.strictObject({ place: z.literal(0) }),
  z.strictObject({ place: z.int().min(1), digest }),
]);
export interface LogHead {
  readonly place: number;
  /** SHA-256 of the entry's payload; absent at place 0. */
  readonly digest?: string;
}

/** Who made a gateway and when, as `init` leaves it outside the database. */
export const gatewayMadeSchema = z.strictObject({ at: instant, by: operatorHandleSchema });
export type GatewayMade = z.infer<typeof gatewayMadeSchema>;
