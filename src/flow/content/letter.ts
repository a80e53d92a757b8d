/**
 * Composes a formal letter from the opened message, its parties, its register number and the address of its
 * proof.
 */

import {
  formatLetterNumber,
  type Letter,
  type LetterNumber,
  type LetterParty,
  letterReaders,
  signatoryOf,
  yearInCountry,
} from '../../domain/message/letter.ts';
import type { Message } from '../../domain/message/message.ts';
import type { Designation } from '../../domain/party/designation.ts';
import { isSameVersion } from '../../domain/terms/agreement.ts';
import { present } from '../../domain/words/present.ts';
import type { Language } from '../../domain/words/vocabulary.ts';
import type { Gateway } from '../../gateway.ts';
import type { Storing, Verifying } from '../../gateway-parts.ts';
import type { MessageRow, RecipientRow } from '../../store/contracts/message-rows.ts';
import { type Directory, findDesignation, requireDesignation } from '../directory/directory.ts';
import { zoneAt } from '../directory/reader.ts';

/** An opened message, and the recipient for whom it was opened. */
interface OpenedForRecipient {
  readonly row: MessageRow;
  readonly recipient: RecipientRow;
  readonly message: Message;
  /** Replaces the languages that follow from the countries. */
  readonly languages?: readonly Language[];
}

/**
 * Composes the letter. If the sender's register is kept here, its number is the sender's, so that every copy
 * has the same one. For a message from another gateway it is the recipient's. The number is assigned with the
 * first letter and never changes.
 */
export async function composeLetter(
  gateway: Verifying,
  directory: Directory,
  { row, recipient, message, languages }: OpenedForRecipient,
): Promise<Letter> {
  const sender = requireDesignation(directory, row.sender);
  const designation = requireDesignation(directory, recipient.to);
  const zoneOf = (one: Designation): string => zoneAt(gateway, directory, one.focal_point);
  const opened = sender.gateway === gateway.did ? sender : designation;
  const number = await assignNumber(gateway, row, opened, zoneOf(opened));
  const signatory = signatoryOf(sender.officers);
  const agreement = directory.agreements.find((one) => isSameVersion(one, recipient.agreement));
  return {
    message,
    type: row.type,
    sender: partyOf(directory, row.sender),
    recipients: row.addressees.map((did) => partyOf(directory, did)),
    readers: letterReaders(
      { country: sender.country, zone: zoneOf(sender) },
      { country: designation.country, zone: zoneOf(designation) },
      languages,
    ),
    ...present({ number }),
    acceptedAt: row.acceptedAt,
    acknowledgeBy: recipient.acknowledgeBy,
    answerBy: recipient.answerBy,
    ...present({
      agreement: agreement === undefined ? undefined : { title: agreement.title, version: agreement.version },
      signatory: signatory && { name: signatory.name, role: signatory.role },
    }),
    custody: sender.custody,
    proof: { url: urlOfProof(gateway, row.id), digest: row.digest },
  };
}

/** The public page that shows that the message was accepted here. */
const urlOfProof = (gateway: Pick<Gateway, 'url'>, message: string): string =>
  `${gateway.url}/proof/${message}`;

/** A drill takes no number: the register is for real messages. */
async function assignNumber(
  gateway: Storing,
  row: MessageRow,
  opened: Designation,
  zone: string,
): Promise<LetterNumber | undefined> {
  if (row.type === 'drill') return undefined;
  const wanted = {
    message: row.id,
    office: opened.focal_point,
    year: yearInCountry(zone, row.acceptedAt),
  };
  const { year, number } = await gateway.store.letters.letterNumber(wanted, gateway.now());
  const by = opened.focal_point === row.sender ? 'sender' : 'recipient';
  return { text: formatLetterNumber(opened.slug, year, number), by };
}

function partyOf(directory: Directory, did: string): LetterParty {
  const designation = findDesignation(directory, did);
  return designation === undefined
    ? { did, name: did }
    : { did, name: designation.name, country: designation.country };
}
