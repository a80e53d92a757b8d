/**
 * What a thread tells of persons, for a desk in custody here. Only what has come to the desk by a door that leaves
 * evidence is told again, or what the desk sent itself: no message is first read here.
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

/** Types whose bodies tell of persons, and corrections of them. */
const TELLS: readonly MessageName[] = [
  ...(['report', 'indication', 'tip', 'request', 'reply', 'notice', 'correction'] as const),
];

/** Content under these codes appears in packets, in the reader and sealed, and nowhere else. */
const isWithheld = ({ view: { message } }: MessageParts, focalPoint: string): boolean =>
  message.sender !== focalPoint && isRestricted(message.handling);

/** Whether the gateway may read for a desk: it holds its keys, and the desk is designated now. */
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
    // What does not open is not told again; whoever reads it at the edge is told why.
    if (!(fault instanceof Refusal)) logUnreadable(gateway, 'message', [id]);
    return undefined;
  }
}

/** What the desk may know of the persons of a thread, and which of its messages that tell of persons it does not show. */
export interface ThreadPersons {
  readonly persons: readonly KnownPerson[];
  /** Not come yet, under H2 or H3, taken back, no longer kept, or before the last 200. */
  readonly unread: readonly string[];
}

/** How many messages are opened for one answer, the latest ones. */
const OPENED = 200;

/** The messages that tell of persons, opened one after the other so that one at a time is in memory. */
export async function readThreadPersons(
  gateway: Unsealing,
  parts: readonly MessageParts[],
  focalPoint: string,
): Promise<ThreadPersons> {
  const tellings: PersonTelling[] = [];
  const unread: string[] = [];
  const telling = parts.filter(({ view }) => TELLS.includes(view.message.type));
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

/** All that a desk's gateway can read in a thread, come or not: for what it looks after by itself. */
export async function readTellings(
  gateway: Unsealing,
  thread: string,
  focalPoint: string,
): Promise<readonly PersonTelling[]> {
  const standing = await readThreadState(gateway, thread, focalPoint, gateway.now());
  const parts = standing?.parts ?? [];
  const tellings: PersonTelling[] = [];
  for (const part of parts.filter(({ view }) => TELLS.includes(view.message.type))) {
    const telling = isRecalled(parts, part) ? undefined : await tellingOf(gateway, part, focalPoint);
    if (telling !== undefined) tellings.push(telling);
  }
  return tellings;
}
