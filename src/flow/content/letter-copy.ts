/** Makes a copy of the formal letter for a party. The message is opened for it here; nothing is kept. */

import { isRestricted } from '../../domain/message/handling.ts';
import { languagesOf } from '../../domain/message/letter.ts';
import { isInForceAt } from '../../domain/party/designation.ts';
import { Refusal } from '../../domain/words/error.ts';
import { FairShare } from '../../domain/words/fair-share.ts';
import type { Language } from '../../domain/words/vocabulary.ts';
import type { Judging, Phrasing, Typesetting } from '../../gateway-parts.ts';
import type { MessageRow } from '../../store/contracts/message-rows.ts';
import type { MessageView } from '../../store/contracts/messages.ts';
import { type Directory, findDesignation, readDirectory } from '../directory/directory.ts';
import { readProvenMessage } from '../evidence/proven-messages.ts';
import { checkNotRecalled } from '../keep/recall.ts';
import { hasReached } from './has-reached.ts';
import { composeLetter } from './letter.ts';
import { openForParty } from './opening.ts';

export interface LetterAsked {
  /** Id of the message. */
  readonly message: string;
  /**
   * Who asks: the party's own system, an officer who has just opened the message, or the operator for a focal
   * point.
   */
  readonly by: 'system' | 'officer' | 'operator';
  /** DID of the party whose copy it is. If absent: any focal point whose copy can be opened here. */
  readonly party?: string;
  /** Replaces the languages that follow from the countries. */
  readonly languages?: readonly Language[];
}

/**
 * A message of another focal point under a restricting code is never opened for a system, and any message
 * under one never for an operator. Officers get its letter in the packet and on the reading page.
 */
function checkHandling({ party, by }: LetterAsked, { sender, handling }: MessageRow): void {
  if (!isRestricted(handling) || by === 'officer') return;
  if (by === 'operator')
    throw new Refusal(
      'handling-restricted',
      `a message under ${handling} is not opened for an operator; its officers find the letter in the packet and on the reading page`,
    );
  if (sender !== party)
    throw new Refusal(
      'handling-restricted',
      `a message that another focal point sent under ${handling} is not opened for a system`,
    );
}

/**
 * Makes the letter of a message as PDF. A recipient's copy is opened with the recipient's key, after the
 * message has reached it. The sender's copy is opened with the sender's key and addressed to the first
 * recipient. Each copy is logged.
 * @throws Refusal `runtime-unsupported`; `not-found` if there is no such message for this party or its
 *   content is gone; `handling-restricted`; `designation-ended`; `wrong-custody` if the gateway has no key to
 *   open it; `not-handed-over`; `recalled`; `busy`; and as `openForParty`
 */
export async function makeLetterCopy(gateway: Typesetting, asked: LetterAsked): Promise<Uint8Array> {
  const { writeLetter } = gateway;
  if (writeLetter === undefined)
    throw new Refusal('runtime-unsupported', 'letters need a typesetter, which this runtime does not have');
  const view = await readProvenMessage(gateway, asked.message);
  const { party } = asked;
  if (view === undefined || (party !== undefined && !isParty(view, party)))
    throw new Refusal('not-found', 'there is no such message for this access key');
  const row = view.message;
  checkHandling(asked, row);
  await checkNotRecalled(gateway, row);
  const directory = await readDirectory(gateway, [row.sender, ...row.addressees]);
  const reader = chooseReader(gateway, directory, view, party);
  const recipient = view.recipients.find((one) => one.to === reader) ?? view.recipients[0];
  const opened = await openForParty(gateway, row, reader);
  if (opened === undefined || recipient === undefined)
    throw new Refusal('not-found', 'the content is no longer kept');
  const { message } = opened;
  const languages = asked.languages === undefined ? {} : { languages: asked.languages };
  const letter = await composeLetter(gateway, directory, { row, recipient, message, ...languages });
  const pdf = await inShare(gateway, party, () => writeLetter(letter));
  gateway.log.info('letter.made', {
    message: row.id,
    by: asked.by,
    languages: languagesOf(letter).join(' '),
  });
  return pdf;
}

/**
 * Most copies waiting at once. Letters are typeset one after the other, so more copies would delay the
 * letters of messages.
 */
const COPIES = 8;
const shares = new WeakMap<object, FairShare>();

/** Makes a copy unless too many are being made. @throws Refusal `busy` */
async function inShare<T>(gateway: Phrasing, party: string | undefined, make: () => Promise<T>): Promise<T> {
  const share = shares.get(gateway) ?? new FairShare(COPIES);
  shares.set(gateway, share);
  if (!share.tryTake(1, party))
    throw new Refusal('busy', 'too many letters are being made now; try again soon');
  try {
    return await make();
  } finally {
    share.give(1, party);
  }
}

const isParty = ({ message, recipients }: MessageView, party: string): boolean =>
  message.sender === party || recipients.some((one) => one.to === party);

/**
 * DID of the focal point whose copy is opened: the party itself. For an operator: the first that has received
 * the message and whose key is here.
 */
function chooseReader(
  gateway: Judging,
  directory: Directory,
  view: MessageView,
  party: string | undefined,
): string {
  const { message, recipients } = view;
  const asking = party === undefined ? undefined : findDesignation(directory, party);
  if (party !== undefined && (asking === undefined || !isInForceAt(asking, gateway.now())))
    throw new Refusal('designation-ended', 'the designation of this focal point is not in force');
  const candidates = party === undefined ? [message.sender, ...recipients.map((one) => one.to)] : [party];
  const inCustody = candidates.filter((did) => {
    const designation = findDesignation(directory, did);
    return designation?.custody === 'gateway' && designation.gateway === gateway.did;
  });
  if (inCustody.length === 0)
    throw new Refusal('wrong-custody', 'the gateway holds no key to which this message was sealed');
  const reader = inCustody.find((did) => hasReached(view, did));
  if (reader === undefined)
    throw new Refusal(
      'not-handed-over',
      'the message has not reached this focal point by any of its endpoints',
    );
  return reader;
}
