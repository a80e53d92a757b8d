/**
 * Opens sealed messages for a party. A recipient opens what was sealed to it. A sender in custody opens the
 * copy that was sealed to itself at submission.
 */

import { type Message, messageNameOf } from '../../domain/message/message.ts';
import type { Designation } from '../../domain/party/designation.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { LongText } from '../../domain/words/long-text.ts';
import type { Judging, Unsealing } from '../../gateway-parts.ts';
import type { SealingSender } from '../../seal/heavy-work.ts';
import type { Jws } from '../../seal/sealed-message.ts';
import type { MessageRow } from '../../store/contracts/message-rows.ts';
import { type Directory, findDesignation, readDirectory } from '../directory/directory.ts';
import { loadOpeningKeys } from '../directory/keyring.ts';
import { readSigningKeysSince } from '../directory/past-keys.ts';

/** A message opened for its recipient, with the sender's own signature. */
interface OpenedMessage {
  readonly message: Message;
  readonly jws: Jws;
}

/** A message as it is kept: its row, and its content as sealed to one party. */
interface SealedContent {
  readonly row: MessageRow;
  readonly sealed: LongText;
}

/**
 * Opens a sealed message for a focal point in custody and compares it with its consignment.
 * @throws Refusal `decryption-failed`, `signature-invalid`, `misaddressed` and as `readMessage`
 */
export async function openForRecipient(
  gateway: Unsealing,
  directory: Directory,
  { row, sealed }: SealedContent,
  recipient: Designation,
): Promise<OpenedMessage> {
  const heavy = gateway.heavyWorkFor(sealed.length);
  const keys = await loadOpeningKeys(gateway, recipient, await heavy.kids(sealed));
  const sender = await senderOf(gateway, directory, row);
  const opened = await heavy.open(sealed, keys, sender, recipient.focal_point);
  checkSame(opened.message, row);
  return opened;
}

/** The focal point that must have signed a message, with all its keys that may have been in use. */
async function senderOf(gateway: Judging, directory: Directory, row: MessageRow): Promise<SealingSender> {
  const { sender: did, acceptedAt } = row;
  return {
    did,
    signing: await readSigningKeysSince(gateway, findDesignation(directory, did), did, acceptedAt),
  };
}

/**
 * Compares an opened message with its consignment.
 * @throws Refusal `misaddressed`
 */
function checkSame(message: Message, row: MessageRow): void {
  const same =
    message.id === row.id &&
    message.from === row.sender &&
    message.thid === row.thread &&
    message.pthid === row.parent &&
    message.about === row.about &&
    message.passes_on === row.passesOn &&
    message.grant === row.grant &&
    messageNameOf(message.type) === row.type &&
    message.urgency === row.urgency &&
    message.handling === row.handling;
  if (!same) throw new Refusal('misaddressed', 'the sealed message differs from its consignment');
}

/**
 * Opens a sender's own copy. Its plaintext names the recipients and not the sender as a reader. So two other
 * checks apply: every key to which it is sealed is the sender's, and the sender signed it.
 * @throws Refusal `misaddressed` if it is somebody else's; else as `openForRecipient`
 */
export async function openOwnCopy(
  gateway: Unsealing,
  directory: Directory,
  { row, sealed }: SealedContent,
  sender: Designation,
): Promise<OpenedMessage> {
  const { focal_point: did } = sender;
  const heavy = gateway.heavyWorkFor(sealed.length);
  const kids = await heavy.kids(sealed);
  if (row.sender !== did || kids.some((kid) => kid.split('#')[0] !== did))
    throw new Refusal('misaddressed', 'the stored copy is not the sender’s');
  const keys = await loadOpeningKeys(gateway, sender, kids);
  const opened = await heavy.open(sealed, keys, await senderOf(gateway, directory, row), undefined);
  checkSame(opened.message, row);
  return opened;
}

/**
 * Opens a message for its sender or one of its recipients. Undefined if the party's key is not in custody
 * here, the party has no part in the message, or the content is not kept (any more).
 * @throws Refusal if the content does not open or differs from its consignment
 */
export async function openForParty(
  gateway: Unsealing,
  row: MessageRow,
  party: string,
): Promise<OpenedMessage | undefined> {
  const sealed = await gateway.store.content.sealedMessage(row.id, party);
  if (sealed === undefined) return undefined;
  const directory = await readDirectory(gateway, [row.sender, party]);
  const designation = findDesignation(directory, party);
  if (designation === undefined || designation.custody !== 'gateway' || designation.gateway !== gateway.did)
    return undefined;
  return party === row.sender
    ? openOwnCopy(gateway, directory, { row, sealed }, designation)
    : openForRecipient(gateway, directory, { row, sealed }, designation);
}
