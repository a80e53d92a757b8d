/** Names of the files in a packet: those that the gateway gives are its own, and no sender's file goes by one of them. */

export const PACKET_FILE = 'packet.pdf';
export const MESSAGE_FILE = 'message.jws.json';
export const EVIDENCE_FILE = 'evidence.jws.json';

/** The parts of S/MIME that mail programs know by name are ours as well. */
const OURS: readonly string[] = [PACKET_FILE, MESSAGE_FILE, EVIDENCE_FILE, 'smime.p7s', 'smime.p7m'];

/** Whether two names are one to a file system, or to whoever reads them: case, width and what cannot be seen aside. */
const read = (name: string): string =>
  name
    .normalize('NFKC')
    .replaceAll(/[\p{C}\p{Default_Ignorable_Code_Point}]/gu, '')
    .toLowerCase()
    .replace(/^[\s.]+/, '')
    .replace(/[\s.]+$/, '');

/** The names under which a sender's files go into a packet, in their order: `attachment-packet.pdf` for one like ours. */
export function nameAttachments(names: readonly string[]): readonly string[] {
  const taken = new Set([...OURS, ...names.map(read)]);
  return names.map((name) => {
    if (!OURS.includes(read(name))) return name;
    let made = `attachment-${name}`;
    for (let n = 2; taken.has(read(made)); n++) made = `attachment-${n}-${name}`;
    taken.add(read(made));
    return made;
  });
}
