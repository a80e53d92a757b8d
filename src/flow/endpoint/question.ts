/** The question whether an endpoint that was added or changed is right, as the officer sees it to whom the link was sent. */
import type { Endpoint } from '../../domain/party/channel.ts';
import { confirmedEndpointOf } from '../../domain/party/confirmation.ts';
import { type Designation, isInForceAt, type Officer } from '../../domain/party/designation.ts';
import { officerOfEndpoint } from '../../domain/party/endpoint-officer.ts';
import { Refusal } from '../../domain/words/error.ts';
import { present } from '../../domain/words/present.ts';
import type { Judging, Storing } from '../../gateway-parts.ts';
import { digestOf } from '../../seal/digest.ts';
import type { ConfirmLinkFound, ConfirmLinkRow } from '../../store/contracts/endpoints.ts';
import type { ConfirmationAct } from '../../store/contracts/operator-log.ts';
import { checkProvenOfficer, type PageVisitor } from '../account/session.ts';
import { findDesignation, readDirectory } from '../directory/directory.ts';
import { zoneAt } from '../directory/reader.ts';

/** The question, as an officer sees it. */
export interface ConfirmQuestion {
  readonly designation: Designation;
  /** The officer who is asked. */
  readonly reader: Officer;
  /** The focal point's time zone (IANA), in which the reader sees times. */
  readonly zone: string;
  /** True on a duty phone: the next person at the phone may be another officer. */
  readonly isShared: boolean;
  /** The endpoint as it will be, once confirmed. */
  readonly endpoint: Endpoint;
  readonly isNew: boolean;
  /** The endpoint as it is in use, while a change of it waits. */
  readonly before?: Endpoint;
  /**
   * The officer whose endpoint it is to be. Absent for a system, or if the designation no longer names that
   * person.
   */
  readonly officer?: Officer;
  readonly since?: Date;
  /** Handle of the operator who asked. */
  readonly who?: string;
  /** The decision; absent while it waits. */
  readonly judgement?: ConfirmationAct;
  /** The officer who decided, if the designation still names that officer. */
  readonly judgedBy?: Officer;
  /** Whether it still waits for a decision. */
  readonly isOpen: boolean;
}

/**
 * Reads the question of a link; changes nothing.
 * @throws Refusal `link-unknown`, `link-expired`, `pin-needed`, `unknown-officer`, `designation-ended`
 */
export async function readQuestion(
  gateway: Judging,
  token: string,
  visitor: PageVisitor,
): Promise<ConfirmQuestion> {
  return readQuestionBehind(gateway, await linkOf(gateway, token), visitor);
}

/** Finds the link that a question was sent with. @throws Refusal as {@link requireConfirmLink} */
export const linkOf = async (gateway: Storing, token: string): Promise<ConfirmLinkRow> =>
  requireConfirmLink(await gateway.store.endpoints.findConfirmLink(digestOf(token), gateway.now()));

/** @throws Refusal `link-unknown`, `link-expired` */
export function requireConfirmLink(found: ConfirmLinkFound): ConfirmLinkRow {
  if (found.kind === 'open') return found.link;
  throw found.kind === 'expired'
    ? new Refusal('link-expired', 'this link has expired')
    : new Refusal('link-unknown', 'there is no such link');
}

/** Reads the question, and the account by which its reader is identified. */
export async function readQuestionBehind(
  gateway: Judging,
  link: ConfirmLinkRow,
  visitor: PageVisitor,
): Promise<ConfirmQuestion & { readonly account: string }> {
  const { store } = gateway;
  const [told, endpoint] = await Promise.all([
    store.endpoints.findEndpoint(link.endpoint),
    store.endpoints.findEndpoint(link.about),
  ]);
  const proven = told && (await checkProvenOfficer(gateway, told, link, visitor));
  if (told === undefined || endpoint === undefined || endpoint.focalPoint !== told.focalPoint)
    throw new Refusal('link-unknown', 'the endpoint of this link no longer exists');
  const directory = await readDirectory(gateway, [told.focalPoint]);
  const focalPoint = findDesignation(directory, told.focalPoint);
  if (focalPoint === undefined || !isInForceAt(focalPoint, gateway.now()))
    throw new Refusal('designation-ended', 'the designation of this focal point is not in force');
  const owner = officerOfEndpoint(focalPoint, told);
  if (!told.enabled || owner === undefined || owner.id !== link.officer)
    throw new Refusal('unknown-officer', 'the account to which this link was sent is no longer in use');
  const reader = proven?.officer ?? owner;
  const account = proven?.account.id ?? told.id;
  const isShared = proven?.isShared ?? false;
  const zone = zoneAt(gateway, directory, told.focalPoint);
  return {
    designation: focalPoint,
    reader,
    zone,
    isShared,
    account,
    ...(await standOf(gateway, focalPoint, endpoint, link.asked)),
  };
}

/** The endpoint as it will be, and what was decided about it. `asked` names the question. */
export async function standOf(gateway: Storing, designation: Designation, one: Endpoint, asked: string) {
  const waiting = one.waiting?.asked === asked ? one.waiting : undefined;
  const said = waiting === undefined ? await gateway.store.endpoints.decisionOn(asked) : undefined;
  const endpoint = waiting === undefined ? one : confirmedEndpointOf(one);
  const officer = officerOfEndpoint(designation, endpoint);
  const by = said?.judged?.by;
  const saidBy =
    by !== undefined && 'officer' in by
      ? designation.officers.find(({ id }) => id === by.officer)
      : undefined;
  return {
    endpoint,
    isNew: waiting?.change === undefined,
    ...present({ before: waiting?.change === undefined ? undefined : one }),
    isOpen: waiting !== undefined && waiting.until > gateway.now(),
    ...present({ officer, since: waiting?.since, who: waiting?.who, judgement: said, judgedBy: saidBy }),
  };
}
