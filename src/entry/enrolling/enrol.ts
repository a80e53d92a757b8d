/**
 * Enrolling: what an operator sets up before traffic can flow. Statements are signed with an authority's key, which
 * the caller brings; the running gateway never has it.
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

/** The parts of a gateway that enrolling touches. */
export type EnrollingGateway = Judging &
  Naming &
  Pick<Gateway, 'oldKeys' | 'master' | 'newToken' | 'operator'>;

const DAY = 86_400_000;

/**
 * Drafts a designation, signs it and keeps it: for a gateway that has the authority's key at hand.
 * @param persons what the operator says of officers whose name changed under one id
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
 * @throws Refusal `statement-refused`, also where it has ended or has no place among its versions (`checkVersion`);
 *   `signature-invalid`, `invalid-body`, `already-exists`
 */
export async function keepAgreement(opened: EnrollingGateway, statement: Jws): Promise<Agreement> {
  const claims = await verifyAgreement(statement, opened.anchors, opened.now());
  if (Date.parse(claims.until) <= opened.now().getTime())
    throw new Refusal('statement-refused', 'the agreement has ended already');
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

/** Kept statements were verified when they came; one that is not what it says could only make this refuse more. */
const agreementsIn = (texts: readonly string[]): readonly Agreement[] =>
  texts.flatMap((text) => {
    const read = agreementSchema.safeParse(peekStatement(JSON.parse(text)).payload);
    return read.success ? [read.data] : [];
  });

export type EndpointDraft = Pick<Endpoint, 'focalPoint' | 'channel' | 'address' | 'shows' | 'lang'> &
  Partial<Pick<Endpoint, 'rank' | 'officer' | 'certificate'>>;

/** A draft with an id and a rank, and with the names of whose it is. @throws Refusal `unknown-officer` */
export async function completeEndpointDraft(opened: EnrollingGateway, draft: Omit<EndpointDraft, 'address'>) {
  return { rank: 1, ...draft, id: opened.newId(), ...(await personOf(opened, draft)) };
}

/** How the designation calls the officer of an endpoint now: the endpoint is that person's, whoever has the id later. */
async function personOf(
  opened: EnrollingGateway,
  { focalPoint, officer }: Pick<EndpointDraft, 'focalPoint' | 'officer'>,
): Promise<Pick<Endpoint, 'knownAs'>> {
  if (officer === undefined) return {};
  const desk = findDesignation(await readDirectory(opened, [focalPoint]), focalPoint);
  const named = desk && findOfficer(desk, officer);
  if (named === undefined)
    throw new Refusal('unknown-officer', 'the designation of this focal point names no officer of that id');
  return { knownAs: [named.name] };
}

/** What a partner checks the gateway's calls by: the secret it shares (`v1`), shown once, and a public key (`v1a`). */
export interface OutboundKeys {
  readonly secret: string;
  readonly publicKey: string;
}

/**
 * Keeps an endpoint; what waited for a way to its desk goes by it at once. One that is off at the same address is taken into
 * use again, as it is drafted now. One that is not the first of its desk waits until the desk confirms it. For a webhook,
 * also makes what its calls are signed with.
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

/** Makes new keys by which calls to a webhook are signed. The old ones sign as well until `oldUntil`. */
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

/** Gives what is in use an end; what ends sooner stays so. */
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

/** Makes and keeps the secret by which a partner signs what it posts, and tells the desk; given back once. */
export async function addPartnerSecret(opened: EnrollingGateway, focalPoint: string): Promise<string> {
  const isFurther =
    (await opened.store.secrets.secretsInUse(focalPoint, 'webhook-inbound', new Date(0))).length > 0;
  const secret = await keepWebhookSecret(opened, focalPoint, 'webhook-inbound');
  await tellOfKey(opened, focalPoint, 'secret', isFurther);
  return secret;
}

/** Days that what is replaced counts beside the new, where nothing else is said: nobody has to change at the same minute. */
export const OVERLAP_DAYS = 14;

/**
 * Replaces what a partner's calls are proven by: a new secret, or the public key (`whpk_…`) the partner brings.
 * @param overlapDays how long the old ones count beside it; with 0 they end at once, as after a theft
 * @returns the new secret, once; undefined where the partner brought its own key
 * @throws Refusal `configuration` where the key is not one
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

/** Keeps a key that is already agreed with the partner: a `whsec_`, or its public `whpk_`. */
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

/** Tells the desk that a key was made, wherever its officers are reached; of a further one its systems, too. */
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

/** Makes a bearer key by which a focal point reads what became of its messages; given back once. */
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
 * Ends an access key, named as `accessKeyId` has it, from the next call on; one that has ended stays as it is.
 * @returns the key as it is now
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
    throw new Refusal('not-found', 'there is no access key of that id; see "focal-point access-key list"');
  return ended;
}
