/**
 * Enrolling: what an operator sets up before messages can be sent. The caller brings the authority's key that signs
 * statements; the running gateway never has it.
 */

import { subjectOfSecret } from '../../domain/evidence/operator-act.ts';
import { shownIdOfAccessKey } from '../../domain/party/access-key.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import { NOTIFY_WITHIN_DAYS } from '../../domain/party/confirmation.ts';
import { type Designation, findOfficer } from '../../domain/party/designation.ts';
import { isCountedCode } from '../../domain/party/endpoint-life.ts';
import type { Agreement } from '../../domain/terms/agreement.ts';
import { agreementSchema } from '../../domain/terms/agreement.ts';
import { checkAgreementVersion } from '../../domain/terms/agreement-versions.ts';
import { checkStatementNames } from '../../domain/terms/statement-names.ts';
import { Refusal } from '../../domain/words/error.ts';
import { CODES_WITHOUT_ENDPOINT } from '../../flow/carry/failover.ts';
import { findDesignation, readDirectory } from '../../flow/directory/directory.ts';
import { makeOperatorAct } from '../../flow/operator/operator-act.ts';
import type { Gateway } from '../../gateway.ts';
import type { Judging, Naming } from '../../gateway-parts.ts';
import { hashOfAccessKey, textOfAccessKey } from '../../seal/access-key.ts';
import { verifyAgreement } from '../../seal/authority.ts';
import type { AuthorityKey } from '../../seal/authority-key.ts';
import { wrapSecret } from '../../seal/custody.ts';
import type { Jws } from '../../seal/jws.ts';
import { digestOfPayload, peekStatement, signStatement } from '../../seal/statement.ts';
import { makeWebhookKeyPair, makeWebhookSecret, readWebhookVerifier } from '../../seal/webhook-signature.ts';
import type { AccessKeyRow } from '../../store/contracts/secrets.ts';
import { draftDesignation, type FocalPointDraft, keepDesignation } from './designating.ts';
import type { RenamedPersons } from './renaming.ts';

/** The parts of a gateway that enrolling needs. */
export type EnrollingGateway = Judging &
  Naming &
  Pick<Gateway, 'oldKeys' | 'master' | 'newToken' | 'operator'>;

const DAY = 86_400_000;

/**
 * Drafts a designation, signs it and keeps it, where the home folder has the authority's key.
 * @param persons what the operator says about officers whose name changed under one id
 * @throws Refusal `invalid-body`, `statement-refused`, `officer-renamed`
 */
export async function designateFocalPoint(
  opened: EnrollingGateway,
  authority: AuthorityKey,
  draft: FocalPointDraft,
  persons?: RenamedPersons,
): Promise<Designation> {
  const claims = await draftDesignation(opened, draft);
  return keepDesignation(opened, await signStatement('designation', claims, [authority]), persons);
}

/**
 * Keeps an agreement that every party's authority has signed.
 * @throws Refusal `statement-refused`, also where it has ended or its version does not fit the others (`checkVersion`);
 *   `signature-invalid`, `invalid-body`, `already-exists`
 */
export async function keepAgreement(opened: EnrollingGateway, statement: Jws): Promise<Agreement> {
  const claims = await verifyAgreement(statement, opened.anchors, opened.now());
  if (Date.parse(claims.until) <= opened.now().getTime())
    throw new Refusal('statement-refused', 'the agreement has already ended');
  checkStatementNames(claims);
  const row = { id: claims.id, version: claims.version, from: new Date(claims.from) };
  await opened.store.directory.keepAgreement(
    { ...row, statement: JSON.stringify(statement) },
    async (kept) => checkAgreementVersion(claims, agreementsIn(kept.agreements)),
    makeOperatorAct(opened, {
      act: 'agreement.imported',
      subject: `${claims.id}/${claims.version}`,
      digest: digestOfPayload(statement),
    }),
  );
  return claims;
}

/** Reads kept statements without verifying them again: a tampered one could only cause a refusal here. */
const agreementsIn = (texts: readonly string[]): readonly Agreement[] =>
  texts.flatMap((text) => {
    const read = agreementSchema.safeParse(peekStatement(JSON.parse(text)).payload);
    return read.success ? [read.data] : [];
  });

export type EndpointDraft = Pick<Endpoint, 'focalPoint' | 'channel' | 'address' | 'shows' | 'lang'> &
  Partial<Pick<Endpoint, 'rank' | 'officer' | 'certificate'>>;

/** Completes a draft with an id, a rank and the officer's name. @throws Refusal `unknown-officer` */
export async function completeEndpointDraft(opened: EnrollingGateway, draft: Omit<EndpointDraft, 'address'>) {
  return { rank: 1, ...draft, id: opened.newId(), ...(await personOf(opened, draft)) };
}

/** The officer's name in the designation now: the endpoint belongs to that person, also if another one gets the id later. */
async function personOf(
  opened: EnrollingGateway,
  { focalPoint, officer }: Pick<EndpointDraft, 'focalPoint' | 'officer'>,
): Promise<Pick<Endpoint, 'knownAs'>> {
  if (officer === undefined) return {};
  const designation = findDesignation(await readDirectory(opened, [focalPoint]), focalPoint);
  const named = designation && findOfficer(designation, officer);
  if (named === undefined)
    throw new Refusal('unknown-officer', 'the designation of this focal point names no officer of that id');
  return { knownAs: [named.name] };
}

/** What a partner verifies the gateway's calls with: the shared secret (`v1`), shown once, and a public key (`v1a`). */
export interface OutboundKeys {
  readonly secret: string;
  readonly publicKey: string;
}

/**
 * Keeps an endpoint; deliveries that waited for an endpoint are sent at once. An endpoint that is off at the same address is
 * switched on again, with the draft's terms. An endpoint that is not the first one of its focal point waits until the focal
 * point confirms it. For a webhook, also makes the secret and the key that sign its calls.
 * @throws Refusal `unknown-officer`, `already-exists`
 */
export async function addEndpoint(
  opened: EnrollingGateway,
  draft: EndpointDraft,
): Promise<{ endpoint: Endpoint } & Partial<OutboundKeys>> {
  const { address, channel } = draft;
  const there = await opened.store.endpoints.endpointsAt(channel, address);
  const isIt = (one: Endpoint) => one.focalPoint === draft.focalPoint && one.officer === draft.officer;
  const off = there.find((one) => isIt(one) && !one.enabled);
  const { id, ...common } = await completeEndpointDraft(opened, draft);
  const endpoint: Endpoint = { ...common, id: off?.id ?? id, address, enabled: true };
  const asking = { who: opened.operator, now: opened.now() };
  const act = makeOperatorAct(opened, { act: 'endpoint.added', subject: endpoint.id });
  await opened.store.endpoints.keepEndpoint(endpoint, act, asking);
  await opened.store.deliveries.makeWaitingDue(endpoint.focalPoint, CODES_WITHOUT_ENDPOINT, opened.now());
  const made = (await opened.store.endpoints.findEndpoint(endpoint.id)) ?? endpoint;
  if (channel !== 'webhook') return { endpoint: made };
  return { endpoint: made, ...(await renewOutboundKeys(opened, endpoint.id, opened.now())) };
}

/** Makes new keys that sign the calls to a webhook. The old ones also sign until `oldUntil`. */
export async function renewOutboundKeys(
  opened: EnrollingGateway,
  endpoint: string,
  oldUntil: Date,
): Promise<OutboundKeys> {
  await endSecrets(opened, endpoint, 'webhook-outbound', oldUntil);
  const pair = await makeWebhookKeyPair(Buffer.from(opened.newToken(), 'base64url'));
  await keepPartnerSecret(opened, endpoint, 'webhook-outbound', pair.secret);
  const secret = await keepWebhookSecret(opened, endpoint, 'webhook-outbound');
  return { secret, publicKey: pair.public };
}

/** Ends the secrets in use at this time; an earlier end stays. */
export async function endSecrets(
  opened: EnrollingGateway,
  owner: string,
  kind: 'webhook-inbound' | 'webhook-outbound',
  until: Date,
): Promise<void> {
  for (const row of await opened.store.secrets.secretsInUse(owner, kind, opened.now())) {
    if (row.until !== undefined && row.until <= until) continue;
    const act = makeOperatorAct(opened, { act: 'secret.ended', subject: subjectOfSecret(row) });
    await opened.store.secrets.keepSecret({ ...row, until }, act);
  }
}

/** Makes and keeps the secret with which a partner signs its posts, and notifies the focal point. @returns the secret, once */
export async function addPartnerSecret(opened: EnrollingGateway, focalPoint: string): Promise<string> {
  const isFurther =
    (await opened.store.secrets.secretsInUse(focalPoint, 'webhook-inbound', new Date(0))).length > 0;
  const secret = await keepWebhookSecret(opened, focalPoint, 'webhook-inbound');
  await tellOfKey(opened, focalPoint, 'secret', isFurther);
  return secret;
}

/** Default days that a replaced secret stays valid beside the new one, so that both sides need not change at the same minute. */
export const OVERLAP_DAYS = 14;

/**
 * Replaces what authenticates a partner's calls: by a new secret, or by the public key (`whpk_…`) that the partner brings.
 * @param overlapDays how long the old ones stay valid; with 0 they end at once, for example after a theft
 * @returns the new secret, once; undefined if the partner brought its own key
 * @throws Refusal `configuration` where the key is not valid
 */
export async function replacePartnerSecret(
  opened: EnrollingGateway,
  focalPoint: string,
  publicKey?: string,
  overlapDays: number = OVERLAP_DAYS,
): Promise<string | undefined> {
  if (publicKey !== undefined) await readWebhookVerifier(publicKey);
  const until = new Date(opened.now().getTime() + overlapDays * DAY);
  await endSecrets(opened, focalPoint, 'webhook-inbound', until);
  if (publicKey === undefined) return addPartnerSecret(opened, focalPoint);
  await keepPartnerSecret(opened, focalPoint, 'webhook-inbound', publicKey);
  await tellOfKey(opened, focalPoint, 'secret');
  return undefined;
}

/** Keeps a key that was already agreed with the partner: a secret `whsec_…`, or its public key `whpk_…`. */
export async function keepPartnerSecret(
  opened: EnrollingGateway,
  owner: string,
  kind: 'webhook-inbound' | 'webhook-outbound',
  secret: string,
): Promise<void> {
  const name = { owner, kind, id: opened.newId() };
  const by =
    kind === 'webhook-outbound'
      ? { endpoint: owner }
      : makeOperatorAct(opened, { act: 'secret.made', subject: subjectOfSecret(name) });
  await opened.store.secrets.keepSecret(
    { ...name, wrapped: await wrapSecret(opened.master, name, secret) },
    by,
  );
}

async function keepWebhookSecret(
  opened: EnrollingGateway,
  owner: string,
  kind: 'webhook-inbound' | 'webhook-outbound',
): Promise<string> {
  const secret = makeWebhookSecret(Buffer.from(opened.newToken(), 'base64url'));
  await keepPartnerSecret(opened, owner, kind, secret);
  return secret;
}

/** Notifies the officers of the focal point that a key was made; for a key that is not the first, also its systems. */
async function tellOfKey(
  opened: EnrollingGateway,
  focalPoint: string,
  key: 'access-key' | 'secret',
  isFurther = true,
): Promise<void> {
  const { endpoints } = await readDirectory(opened, [focalPoint]);
  const now = opened.now();
  const told = endpoints.filter(
    (one) =>
      one.focalPoint === focalPoint &&
      isCountedCode(one.off?.code) &&
      (one.officer !== undefined || (isFurther && one.channel === 'webhook')),
  );
  for (const { id } of told)
    await opened.store.endpoints.keepNote(id, {
      id: opened.newId(),
      says: { what: 'key-made', key, at: now.toISOString() },
      madeAt: now,
      expiresAt: new Date(now.getTime() + NOTIFY_WITHIN_DAYS * DAY),
    });
}

/** Makes a bearer key with which a focal point reads the state of its messages. @returns the key, once */
export async function addAccessKey(
  opened: EnrollingGateway,
  focalPoint: string,
  name: string,
): Promise<string> {
  const isFurther = (await opened.store.secrets.accessKeys(focalPoint)).length > 0;
  const key = textOfAccessKey(opened.newToken());
  const hash = hashOfAccessKey(key);
  const act = makeOperatorAct(opened, { act: 'access-key.made', subject: shownIdOfAccessKey(hash) });
  await opened.store.secrets.keepAccessKey({ hash, focalPoint, name }, opened.now(), act);
  if (isFurther) await tellOfKey(opened, focalPoint, 'access-key');
  return key;
}

/**
 * Revokes an access key, named by its shown id (`shownIdOfAccessKey`), from the next call on; an already revoked one stays unchanged.
 * @returns the key after the change
 * @throws Refusal `not-found`
 */
export async function revokeAccessKey(opened: EnrollingGateway, id: string): Promise<AccessKeyRow> {
  const find = async () =>
    (await opened.store.secrets.accessKeys()).find((one) => shownIdOfAccessKey(one.hash) === id);
  const found = await find();
  const act = makeOperatorAct(opened, { act: 'access-key.revoked', subject: id });
  if (found !== undefined) await opened.store.secrets.endAccessKey(found.hash, opened.now(), act);
  const ended = found && (await find());
  if (ended === undefined)
    throw new Refusal(
      'not-found',
      'there is no access key with that id; see "amanat focal-point access-key list"',
    );
  return ended;
}
