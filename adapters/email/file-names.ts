/** Names the files of a packet, so that no file of a sender has the name of a file of the gateway. */

export const PACKET_FILE = 'packet.pdf';
export const MESSAGE_FILE = 'message.jws.json';
export const EVIDENCE_FILE = 'evidence.jws.json';

/** Reserved names: the gateway's files, and the S/MIME parts that mail programs know by name. */
const OURS: readonly string[] = [PACKET_FILE, MESSAGE_FILE, EVIDENCE_FILE, 'smime.p7s', 'smime.p7m'];

/** Normalises a name for comparison: a file system or a reader ignores case, width and invisible characters. */
const read = (name: string): string =>
  name
    .normalize('NFKC')
    .replaceAll(/[\p{C}\p{Default_Ignorable_Code_Point}]/gu, '')
    .toLowerCase()
    .replace(/^[\s.]+/, '')
    .replace(/[\s.]+$/, '');

/** The packet's names for a sender's files, in the same order; a reserved name becomes, for example, `attachment-packet.pdf`. */
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
