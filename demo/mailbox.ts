/** The attaché's mailbox: incoming packets, opened with the attaché's key and sorted by message. */
import { type MailKeys, type OpenedMail, openMail } from '../test/support/outside/mail-reader.ts';
import type { MailServer } from '../test/support/outside/mail-server.ts';

/** One packet in the mailbox. */
export interface Packet extends OpenedMail {
  readonly message: string;
  /** The link for acknowledging. */
  readonly link: string;
  /** The mail as the server received it. */
  readonly raw: Buffer;
}

export interface Mailbox {
  /** In the order of arrival. A message may arrive twice if the gateway could not know that it had arrived. */
  readonly packets: readonly Packet[];
  readonly faults: readonly Error[];
  onPacket(listener: (packet: Packet) => void): void;
}

/** Opens every mail that the server receives from now on. */
export function openMailbox(server: MailServer, keys: MailKeys): Mailbox {
  const packets: Packet[] = [];
  const faults: Error[] = [];
  const listeners: ((packet: Packet) => void)[] = [];
  server.onMail(({ raw }) => {
    openMail(raw, keys)
      .then((opened) => {
        const packet = { ...opened, raw, message: messageOf(opened), link: linkOf(opened) };
        checkLetter(opened);
        packets.push(packet);
        for (const listener of listeners) listener(packet);
      })
      .catch((fault: Error) => faults.push(fault));
  });
  return { packets, faults, onPacket: (listener) => void listeners.push(listener) };
}

/** Reads the message id from the part that the sender signed. */
function messageOf({ files }: OpenedMail): string {
  const file = files.find((one) => one.name === 'message.jws.json');
  if (file === undefined) throw new Error('the packet has no signed message');
  const { payload } = JSON.parse(file.bytes.toString('utf8')) as { payload: string };
  return (JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { id: string }).id;
}

/** Checks that the packet has a formal letter. */
function checkLetter({ files }: OpenedMail): void {
  const letter = files.find((one) => one.name === 'packet.pdf')?.bytes ?? Buffer.alloc(0);
  if (letter.toString('latin1', 0, 5) !== '%PDF-') throw new Error('the packet has no formal letter');
}

function linkOf({ text }: OpenedMail): string {
  const found = /https?:\/\/\S+\/a\/[A-Za-z0-9_-]+/.exec(text)?.[0];
  if (found === undefined) throw new Error('the packet has no link for acknowledging');
  return found;
}
