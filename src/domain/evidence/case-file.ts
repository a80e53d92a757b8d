/** The case file: what a gateway gives to outsiders as proof of a thread or a message (docs/export.md). */
import { z } from 'zod';
import { digest } from '../message/consignment.ts';
import { hexId, MESSAGE_NAMES } from '../message/message.ts';
import { country, did, instant, statementVersion } from '../party/designation.ts';
import { HANDLING_CODES, URGENCIES } from '../words/vocabulary.ts';

/** A JWS as it was signed, with its members in the same order. `seal` verifies it. */
const jws = z.record(z.string().max(64), z.unknown());

const witnessed = z.strictObject({
  jws,
  /** C2SP tlog-proof, as text. */
  proof: z.string().max(1_200_000).optional(),
});

const message = z.strictObject({
  id: hexId,
  thread: hexId,
  parent: hexId.optional(),
  sender: did,
  type: z.enum(MESSAGE_NAMES),
  urgency: z.enum(URGENCIES),
  handling: z.enum(HANDLING_CODES),
  accepted_at: instant,
  expires_at: instant,
  /** Digest of the consignment's payload. */
  digest,
  recipients: z
    .array(
      z.strictObject({
        to: did,
        /** Digest of the sealed message. */
        digest,
        agreement: z.strictObject({ id: z.string().max(64), version: statementVersion }),
      }),
    )
    .min(1)
    .max(20),
  evidence: z.array(witnessed).min(1).max(5_000),
  consignment: jws.optional(),
});
export type CaseMessage = z.infer<typeof message>;

export const caseFileSchema = z.strictObject({
  kind: z.literal('amanat-case'),
  version: z.literal(1),
  thread: hexId,
  /** Set if the file is about one message of the thread only. */
  message: hexId.optional(),
  by: did,
  made: instant,
  contents: z.boolean(),
  ledger: z.strictObject({ origin: z.string().max(300), vkey: z.string().max(1_200) }).optional(),
  /** For information. A verifier uses anchors of its own. */
  certificates: z.array(z.strictObject({ country, pem: z.string().max(16_384) })).max(100),
  gateways: z.array(jws).max(1_000),
  designations: z.array(jws).max(5_000),
  withdrawals: z.array(jws).max(5_000),
  /** The author's evidence of when it took each withdrawal. */
  withdrawals_taken: z.array(witnessed).max(5_000),
  agreements: z.array(jws).max(1_000),
  messages: z.array(message).min(1).max(5_000),
  closing: jws,
});
export type CaseFile = z.infer<typeof caseFileSchema>;
/** Everything that the closing signature covers. */
export type OpenCaseFile = Omit<CaseFile, 'closing'>;

/** What the gateway signs to close the file: the digest of each part, in order. */
export const caseClosingSchema = z.strictObject({
  kind: z.literal('case'),
  by: did,
  at: instant,
  parts: z.array(z.tuple([z.string().max(64), digest])).max(100_000),
});

/** A piece of the file with a digest of its own, so that the place of a change can be found. */
interface CasePart {
  readonly place: string;
  readonly value: unknown;
}

/** Splits a file into its parts, in order: everything except `closing`. */
export function partsOfCaseFile(file: OpenCaseFile): readonly CasePart[] {
  const {
    certificates,
    gateways,
    designations,
    withdrawals,
    withdrawals_taken,
    agreements,
    messages,
    ...head
  } = file;
  const { closing: _, ...rest } = head as typeof head & { closing?: unknown };
  const lists = { certificates, gateways, designations, withdrawals, withdrawals_taken, agreements };
  return [
    { place: 'head', value: rest },
    ...Object.entries(lists).flatMap(([name, list]) =>
      list.map((value, at) => ({ place: `${name}[${at}]`, value })),
    ),
    ...messages.flatMap(messageParts),
  ];
}

function messageParts({ evidence, consignment, ...about }: CaseMessage, at: number): CasePart[] {
  const place = `messages[${at}]`;
  return [
    { place, value: about },
    ...evidence.map((value, n) => ({ place: `${place}.evidence[${n}]`, value })),
    ...(consignment === undefined ? [] : [{ place: `${place}.consignment`, value: consignment }]),
  ];
}
