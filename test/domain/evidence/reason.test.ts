/** Reasons as URIs: ETSI's only if a source lists it for that very event, else the project's own. */
import { expect, test } from 'vitest';
import { ETSI_EVENTS } from '../../../src/domain/evidence/evidence.ts';
import { uriOfReason } from '../../../src/domain/evidence/reason.ts';
import { PROBLEMS, type ProblemCode } from '../../../src/domain/words/error.ts';
import { DECLINE_REASONS } from '../../../src/domain/words/vocabulary.ts';

const ETSI = 'http://uri.etsi.org/19522/EventReason/';

/** `x-etsi-relay-reason-matrix` of the source that reason.ts names, with the URIs of `x-etsi-known-values` in its order. */
const LISTED: Readonly<Record<string, readonly string[]>> = {
  RelayRejection: [
    'R_ERDS_MessageRejected',
    'R_ERDS_MessageRejectedForMalware',
    'R_ERDS_MessageRejectedForInvalidSignature',
    'R_ERDS_MessageRejectedForInvalidCertificate',
    'R_ERDS_PolicyViolation',
    'MessageNotAcceptedForUnregisteredRecipient',
  ],
  RelayFailure: [
    'R_ERDS_Malfunction',
    'R_ERDS_NotIdentified',
    'R_ERDS_Unreachable',
    'UnknownRecipient',
    'S_ERDSP_ReceivedNoRelayAcceptanceInfoFromR_ERDSP',
  ],
};

/** Every code of ours that evidence may give as its reason. */
const OURS = [
  ...(Object.keys(PROBLEMS) as ProblemCode[]),
  ...DECLINE_REASONS,
  ...['connect-refused', 'name-unknown', 'unreachable', 'timeout', 'tls', 'connection-lost', 'network'],
  ...['answer-malformed', 'answer-not-proven', 'gateway-not-in-force', 'endpoint-disabled', 'fault'],
  ...['http-404', 'http-500', 'http-502', 'http-503', 'http-504', 'constructor', 'toString'],
];

test.each(ETSI_EVENTS)('%s: has only names that ETSI lists for it', (event) => {
  const listed = (LISTED[event] ?? []).map((name) => `${ETSI}${name}`);
  for (const code of OURS) {
    const uri = uriOfReason(event, code);
    expect(URL.canParse(uri)).toBe(true);
    if (uri !== `urn:amanat:reason:${code}`) expect(listed).toContain(uri);
  }
});

test.each([
  ['RelayRejection', 'signature-invalid', 'R_ERDS_MessageRejectedForInvalidSignature'],
  ['RelayRejection', 'not-covered', 'R_ERDS_PolicyViolation'],
  ['RelayRejection', 'unknown-recipient', 'MessageNotAcceptedForUnregisteredRecipient'],
  ['RelayRejection', 'no-endpoint', 'R_ERDS_MessageRejected'],
  ['RelayFailure', 'connect-refused', 'R_ERDS_Unreachable'],
  ['RelayFailure', 'http-503', 'R_ERDS_Malfunction'],
  ['RelayFailure', 'gateway-not-in-force', 'R_ERDS_NotIdentified'],
  ['RelayFailure', 'expired', 'S_ERDSP_ReceivedNoRelayAcceptanceInfoFromR_ERDSP'],
] as const)('%s for %s is %s', (event, code, name) => {
  expect(uriOfReason(event, code)).toBe(`${ETSI}${name}`);
});

test('officers’ reasons, and reasons that ETSI does not name, are marked as our own', () => {
  expect(uriOfReason('ConsignmentRejection', 'not-our-national')).toBe('urn:amanat:reason:not-our-national');
  expect(uriOfReason('SubmissionRejection', 'signature-invalid')).toBe('urn:amanat:reason:signature-invalid');
  expect(uriOfReason('RelayFailure', 'endpoint-disabled')).toBe('urn:amanat:reason:endpoint-disabled');
});
