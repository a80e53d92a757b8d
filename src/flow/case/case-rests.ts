/** What evidence in a case file says that it rests on, held against the statements in the file. */
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
    /** When it begins; null where it is not in the file. */
    readonly from: string | null;
    /** By the statements in the file, a newer one had begun when this was signed. */
    readonly replaced: boolean;
  }[];
}

/**
 * Whether evidence says that a gateway took the message of this file. Which gateway might say so is asked where the
 * evidence is verified.
 */
export const isTakingEvidence = (message: CaseMessage, { event, digest, recipient }: Evidence): boolean =>
  (event === 'SubmissionAcceptance' || event === 'RelayAcceptance') &&
  digest === message.digest &&
  recipient === undefined;

/** Whom the author refused by name when it took the message for others; each such evidence is verified as any other. */
export const listRefusedRecipients = (author: string, message: CaseMessage): readonly string[] =>
  claimsOfMessage(message).flatMap(({ event, by, recipient }) =>
    event === 'RelayRejection' &&
    by === author &&
    recipient !== undefined &&
    message.recipients.every(({ to }) => to !== recipient)
      ? [recipient]
      : [],
  );

/** What the evidence of a message says, whether it verifies or not. */
export const claimsOfMessage = (message: CaseMessage): readonly Evidence[] =>
  message.evidence.flatMap(({ jws }) => {
    const one = evidenceSchema.safeParse(peekStatement(jws).payload);
    return one.success ? [one.data] : [];
  });

/**
 * What the gateways that took the message named for it, the sender's home first. Read before it is verified, because it
 * says by what to verify: a file of which any evidence does not verify is refused as a whole.
 */
export function listTakingEvidence(message: CaseMessage): readonly Evidence[] {
  const claims = claimsOfMessage(message).filter((one) => isTakingEvidence(message, one));
  const isOfRelay = ({ event }: Evidence): number => Number(event === 'RelayAcceptance');
  return claims.toSorted((a, b) => isOfRelay(a) - isOfRelay(b));
}

/** All that they named, as one. */
export const mergeNamedStatements = (takers: readonly Evidence[]): RestsOn => ({
  agreements: takers.flatMap((one) => one.rests_on?.agreements ?? []),
  designations: takers.flatMap((one) => one.rests_on?.designations ?? []),
});

/**
 * Reports what evidence names, which the judge found to hold. What the author of the file names is in it; another gateway
 * may have known statements that the author has not, and then the report says so. The sender's home names all recipients
 * that it took the message for; of those that the author does not serve nothing is said.
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
