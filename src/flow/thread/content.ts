/**
 * What a thread says about persons, for a focal point in custody here. It repeats only content that has
 * reached the focal point with evidence, or that the focal point sent itself. No message is opened here for
 * the first time.
 */

import { isRestricted } from '../../domain/message/handling.ts';
import type { MessageName } from '../../domain/message/message.ts';
import { type KnownPerson, type PersonTelling, personsOfThread } from '../../domain/message/persons.ts';
import { isInForceAt } from '../../domain/party/designation.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Judging, Unsealing } from '../../gateway-parts.ts';
import { hasReached } from '../content/has-reached.ts';
import { openForParty } from '../content/opening.ts';
import { findHomedDesignation, readDirectory } from '../directory/directory.ts';
import { logUnreadable } from '../evidence/readable.ts';
import { readThreadState } from './thread.ts';
import type { MessageParts } from './turn-input.ts';

/** Types whose bodies describe persons, and corrections of them. */
const PERSON_TYPES: readonly MessageName[] = [
  ...(['report', 'indication', 'tip', 'request', 'reply', 'notice', 'correction'] as const),
];

/** Content under these codes is shown in packets, on the reading page and sealed, and nowhere else. */
const isWithheld = ({ view: { message } }: MessageParts, focalPoint: string): boolean =>
  message.sender !== focalPoint && isRestricted(message.handling);

/**
 * Whether the gateway may read for a focal point: it holds its keys, and the focal point is designated now.
 */
export async function mayReadFor(gateway: Judging, did: string): Promise<boolean> {
  const designation = findHomedDesignation(await readDirectory(gateway, [did]), did);
  return designation?.custody === 'gateway' && isInForceAt(designation, gateway.now());
}

async function tellingOf(
  gateway: Unsealing,
  { view }: MessageParts,
  focalPoint: string,
): Promise<PersonTelling | undefined> {
  const { id, sender, addressees, about, acceptedAt } = view.message;
  try {
    const opened = await openForParty(gateway, view.message, focalPoint);
    if (opened === undefined) return undefined;
    const { body } = opened.message;
    return { message: id, from: sender, to: addressees, about, at: acceptedAt, body };
  } catch (fault) {
    // A message that does not open is left out here. An officer who opens it sees why.
    if (!(fault instanceof Refusal)) logUnreadable(gateway, 'message', [id]);
    return undefined;
  }
}

/**
 * What the focal point may know of the persons in a thread, and which messages about persons are left out.
 */
interface ThreadPersons {
  readonly persons: readonly KnownPerson[];
  /**
   * Left out because they have not arrived, are under H2 or H3, were recalled, are no longer kept, or come
   * before the last 200.
   */
  readonly unread: readonly string[];
}

/** Most messages opened for one answer; the latest are opened. */
const OPENED = 200;

/** Opens the messages about persons one after the other, so that only one is in memory. */
export async function readThreadPersons(
  gateway: Unsealing,
  parts: readonly MessageParts[],
  focalPoint: string,
): Promise<ThreadPersons> {
  const tellings: PersonTelling[] = [];
  const unread: string[] = [];
  const telling = parts.filter(({ view }) => PERSON_TYPES.includes(view.message.type));
  for (const [n, part] of telling.entries()) {
    const isRecent = n >= telling.length - OPENED;
    const mayShow =
      isRecent &&
      hasReached(part.view, focalPoint) &&
      !isWithheld(part, focalPoint) &&
      !isRecalled(parts, part);
    const told = mayShow ? await tellingOf(gateway, part, focalPoint) : undefined;
    if (told === undefined) unread.push(part.view.message.id);
    else tellings.push(told);
  }
  return { persons: personsOfThread(tellings), unread };
}

const isRecalled = (parts: readonly MessageParts[], { view: { message } }: MessageParts): boolean =>
  parts.some(
    ({ view: { message: one } }) =>
      one.type === 'recall' && one.about === message.id && one.sender === message.sender,
  );

/**
 * All that a focal point's gateway can read in a thread, whether it has reached the focal point or not. For
 * the gateway's own checks.
 */
export async function readTellings(
  gateway: Unsealing,
  thread: string,
  focalPoint: string,
): Promise<readonly PersonTelling[]> {
  const standing = await readThreadState(gateway, thread, focalPoint, gateway.now());
  const parts = standing?.parts ?? [];
  const tellings: PersonTelling[] = [];
  for (const part of parts.filter(({ view }) => PERSON_TYPES.includes(view.message.type))) {
    const telling = isRecalled(parts, part) ? undefined : await tellingOf(gateway, part, focalPoint);
    if (telling !== undefined) tellings.push(telling);
  }
  return tellings;
}
