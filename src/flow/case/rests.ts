/** Compares the statements that evidence in a case file names with the statements in the file. */
import type { CaseMessage } from '../../domain/evidence/case-file.ts';
import { type Evidence, evidenceSchema, type RestsOn } from '../../domain/evidence/evidence.ts';
import type { EvidenceFacts } from '../../domain/evidence/judge-facts.ts';
import { restsOnKnownHere } from '../../domain/evidence/judge-statements.ts';
import { versionAt } from '../../domain/party/in-force.ts';
import { peekStatement } from '../../seal/statement.ts';

/** The statements that a piece of evidence names. */
export interface RestsReport {
  readonly agreements: readonly {
    readonly to: string;
    readonly id: string;
    readonly version: number;
    readonly in_file: boolean;
  }[];
  readonly designations: readonly {
    readonly did: string;
    /** Its start; null if it is not in the file. */
    readonly from: string | null;
    /** True if, by the statements in the file, a newer one had begun when this was signed. */
    readonly replaced: boolean;
  }[];
}

/**
 * Whether evidence says that a gateway took the message of this file. Whether that gateway may say so is
 * checked when the evidence is verified.
 */
export const isTakingEvidence = (message: CaseMessage, { event, digest, recipient }: Evidence): boolean =>
  (event === 'SubmissionAcceptance' || event === 'RelayAcceptance') &&
  digest === message.digest &&
  recipient === undefined;

/**
 * The recipients that the author refused by name when it took the message for others. Each such evidence is
 * verified like any other.
 */
export const listRefusedRecipients = (author: string, message: CaseMessage): readonly string[] =>
  claimsOfMessage(message).flatMap(({ event, by, recipient }) =>
    event === 'RelayRejection' &&
    by === author &&
    recipient !== undefined &&
    message.recipients.every(({ to }) => to !== recipient)
      ? [recipient]
      : [],
  );

/** The claims in a message's evidence, verified or not. */
export const claimsOfMessage = (message: CaseMessage): readonly Evidence[] =>
  message.evidence.flatMap(({ jws }) => {
    const one = evidenceSchema.safeParse(peekStatement(jws).payload);
    return one.success ? [one.data] : [];
  });

/**
 * The claims of the gateways that took the message, the sender's gateway first. They are read before they are
 * verified, since they name what to verify by. That is safe: if any evidence does not verify, the whole file
 * is refused.
 */
export function listTakingEvidence(message: CaseMessage): readonly Evidence[] {
  const claims = claimsOfMessage(message).filter((one) => isTakingEvidence(message, one));
  const isOfRelay = ({ event }: Evidence): number => Number(event === 'RelayAcceptance');
  return claims.toSorted((a, b) => isOfRelay(a) - isOfRelay(b));
}

/** The statements that all of them named, together. */
export const mergeNamedStatements = (takers: readonly Evidence[]): RestsOn => ({
  agreements: takers.flatMap((one) => one.rests_on?.agreements ?? []),
  designations: takers.flatMap((one) => one.rests_on?.designations ?? []),
});

/**
 * Reports the statements that valid evidence names. The author's are in the file. Another gateway may have
 * known others; the report says so. The sender's gateway names every recipient; those that the author does
 * not serve are left out.
 */
export function reportNamedStatements(claims: Evidence, facts: EvidenceFacts): RestsReport | undefined {
  const restsOn = restsOnKnownHere(claims, facts);
  if (restsOn === undefined) return undefined;
  const isKnown = (id: string, version: number): boolean =>
    facts.agreements.some((one) => one.id === id && one.version === version);
  return {
    agreements: restsOn.agreements.map(({ to, id, version }) => ({
      to,
      id,
      version,
      in_file: isKnown(id, version),
    })),
    designations: restsOn.designations.map(({ focal_point: did, digest }) => ({
      did,
      ...designationIn(facts, did, digest, new Date(claims.at)),
    })),
  };
}

function designationIn({ designations }: EvidenceFacts, did: string, digest: string, when: Date) {
  const versions = designations.filter((one) => one.focal_point === did);
  const named = versions.find((one) => one.digest === digest);
  const isReplaced = named !== undefined && versionAt(versions, when)?.digest !== digest;
  return { from: named?.from ?? null, replaced: isReplaced };
}
