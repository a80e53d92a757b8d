/**
 * The operator's log: acts of an administrator, or of the program itself, on a gateway. Each entry is evidence of
 * the event `OperatorAct`, without a message and without personal data: ids, slugs and handles only.
 */
import { z } from 'zod';
import { digest } from '../message/consignment.ts';
import { hexId } from '../message/message.ts';
import { OPENED_ACCESS } from '../party/confirmation.ts';
import { did, instant } from '../party/designation.ts';

/** Every act that is recorded. The part before the dot is what it was done to. */
const OPERATOR_ACTS = [
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
 * The kind of grant that an act makes, changes or ends. For one subject only the newest act of a kind is in force;
 * it ends the one before it.
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

/** The grant that an act is about: its kind and its subject. Undefined if it is about none. */
export function grantOfAct({
  act,
  subject,
  digest: named,
}: Pick<OperatorAct, 'act' | 'subject' | 'digest'>): string | undefined {
  if (named !== undefined) return undefined;
  if (act === 'grants.adopted') return subject.replace('/', ' ');
  return GRANTS[act] === undefined ? undefined : `${GRANTS[act]} ${subject}`;
}

/** The statements that authorities sign, by their names in the log. */
const STATEMENT_KINDS = ['designation', 'withdrawal', 'agreement', 'gateway'] as const;
export type StatementKind = (typeof STATEMENT_KINDS)[number];

/** A statement that an act imported or confirmed. */
export interface NamedStatement {
  readonly kind: StatementKind;
  /** DID of the focal point or gateway; for an agreement, its id. */
  readonly party: string;
  readonly digest: string;
}

/** The statement that an act names; undefined if it names none. */
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
  // The subject of an agreement contains its version.
  return { kind, party: kind === 'agreement' ? whole.replace(/\/\d+$/, '') : whole, digest: named };
}

/** Acts that end a grant, with everything made from it, such as links. */
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

/** Whether an act pauses a grant that can be resumed: its secrets stay, and its links end. */
export const isPausingAct = ({ act, waits }: Pick<OperatorAct, 'act' | 'waits'>): boolean =>
  act === 'endpoint.disabled' || waits === 'endpoint';

/** The most characters of a subject. */
const SUBJECT = 256;
/** Characters of the prefix of an adopted thing, such as `designation/`. */
const ADOPTED_AS = 12;

/**
 * The name of a secret in the log: for a custodial key its own id, for others the owner and the id. If the DID
 * makes it too long, the part that is unique on this gateway: a key's slug and name, another secret's id.
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

/** The operator handle of the program itself. */
export const GATEWAY_OPERATOR = 'gateway';

/** An operator's handle, or the id of the officer who confirmed: letters, digits, dot, hyphen, underscore. */
export const operatorHandleSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/, 'must be a handle: letters, digits, . - _, at most 40');

/** What an act was done to: an opaque id, a slug, a DID, or an agreement and its version. Ids may be base64url. */
export const actSubjectSchema = z
  .string()
  .max(SUBJECT + ADOPTED_AS, { abort: true })
  .regex(/^[A-Za-z0-9_-][A-Za-z0-9._:%#/-]*$/, 'must be an id, a slug or a DID');

/**
 * A decision on what a focal point was asked: what was asked, and who decided. `by` is absent if the time passed
 * without a decision.
 */
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

/** One entry. */
export const operatorActSchema = z.strictObject({
  act: z.enum(OPERATOR_ACTS),
  subject: actSubjectSchema,
  who: operatorHandleSchema,
  /** SHA-256 of the payload of the statement that was imported or confirmed; absent in other acts. */
  digest: digest.optional(),
  /** For an act on an endpoint: its focal point, and the access that it gives; see `confirming.ts`. */
  desk: did.optional(),
  opens: z.array(z.enum(OPENED_ACCESS)).max(OPENED_ACCESS.length).optional(),
  /** The endpoint, or the change of one in use, has no effect until its focal point confirms it. */
  waits: z.enum(['endpoint', 'change']).optional(),
  judged: judgement.optional(),
  /** For an endpoint that its channel switched off or a sign of life switched on: the channel's code, or the sign. */
  why: z
    .string()
    .regex(/^[a-z0-9.-]{1,40}$/)
    .optional(),
  /** The entry that this one ends. */
  ends: hexId.optional(),
  /** Counts from 1 without gaps. */
  place: z.int().min(1).max(Number.MAX_SAFE_INTEGER),
  /** SHA-256 of the payload of the entry before it; absent in the first. */
  previous: digest.optional(),
});
export type OperatorAct = z.infer<typeof operatorActSchema>;

/** The last entry that was seen, stored outside the database; place 0 if nothing is recorded yet. */
export const logHeadSchema = z.union([
  z.strictObject({ place: z.literal(0) }),
  z.strictObject({ place: z.int().min(1), digest }),
]);
export interface LogHead {
  readonly place: number;
  /** SHA-256 of the entry's payload; absent at place 0. */
  readonly digest?: string;
}

/** Who made a gateway and when. `init` stores it outside the database. */
export const gatewayMadeSchema = z.strictObject({ at: instant, by: operatorHandleSchema });
export type GatewayMade = z.infer<typeof gatewayMadeSchema>;
