/**
 * URIs for reasons of refusals and failures. ETSI EN 319 522 puts reasons under
 * `http://uri.etsi.org/19522/EventReason/` (522-2 component G04, `EventReasons` of 522-3). The names for relay
 * events are listed per event in PagoPA's "Servizio Standard ERDS - Relay Interface"
 * (github.com/pagopa/pn-lab-docs, send/ipg-sercq/openapi/openapi.yml: `x-etsi-known-values`,
 * `x-etsi-relay-reason-matrix`); the names below are copied from there exactly. Reasons for which we found no ETSI
 * name have our own URN. So do officers' reasons to decline, which are finer than those of the standard.
 */
import type { ProblemCode } from '../words/error.ts';
import type { EvidenceEvent } from './evidence.ts';

const ETSI = 'http://uri.etsi.org/19522/EventReason/';

/** Marks a reason as ours. */
const OURS = 'urn:amanat:reason:';

/** Reasons for which the recipient's gateway refuses a relay; every other refusal has the general name. */
const RELAY_REJECTION = {
  'signature-invalid': 'R_ERDS_MessageRejectedForInvalidSignature',
  'unknown-sender': 'R_ERDS_PolicyViolation',
  'not-homed': 'R_ERDS_PolicyViolation',
  'designation-ended': 'R_ERDS_PolicyViolation',
  'not-covered': 'R_ERDS_PolicyViolation',
  'wrong-custody': 'R_ERDS_PolicyViolation',
  'unknown-recipient': 'MessageNotAcceptedForUnregisteredRecipient',
} as const satisfies Partial<Record<ProblemCode, string>>;

/**
 * Reasons for which a relay fails at the sender's gateway: codes of `network-fault.ts`, of HTTP and of the
 * dispatcher.
 */
const RELAY_FAILURE: Readonly<Record<string, string>> = {
  'connect-refused': 'R_ERDS_Unreachable',
  'name-unknown': 'R_ERDS_Unreachable',
  unreachable: 'R_ERDS_Unreachable',
  timeout: 'R_ERDS_Unreachable',
  'connection-lost': 'R_ERDS_Unreachable',
  network: 'R_ERDS_Unreachable',
  'http-500': 'R_ERDS_Malfunction',
  'http-502': 'R_ERDS_Malfunction',
  'http-503': 'R_ERDS_Malfunction',
  'http-504': 'R_ERDS_Malfunction',
  'not-ready': 'R_ERDS_Malfunction',
  'answer-malformed': 'R_ERDS_Malfunction',
  'gateway-not-in-force': 'R_ERDS_NotIdentified',
  'answer-not-proven': 'R_ERDS_NotIdentified',
  expired: 'S_ERDSP_ReceivedNoRelayAcceptanceInfoFromR_ERDSP',
};

/** The URI of a reason of an event: ETSI's if it has one, else our own URN. */
export function uriOfReason(event: EvidenceEvent, reason: string): string {
  const named = etsiName(event, reason);
  return named === undefined ? `${OURS}${reason}` : `${ETSI}${named}`;
}

function etsiName(event: EvidenceEvent, reason: string): string | undefined {
  if (event === 'RelayRejection') return among(RELAY_REJECTION, reason) ?? 'R_ERDS_MessageRejected';
  return event === 'RelayFailure' ? among(RELAY_FAILURE, reason) : undefined;
}

const among = (names: Readonly<Record<string, string>>, reason: string): string | undefined =>
  Object.hasOwn(names, reason) ? names[reason] : undefined;
