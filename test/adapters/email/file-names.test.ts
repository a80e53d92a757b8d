/** A sender's file cannot have a name that the gateway gives to its own files. */
import { expect, test } from 'vitest';
import { nameAttachments } from '../../../adapters/email/file-names.ts';

test.each([
  [
    ['passport.jpg', 'note.txt'],
    ['passport.jpg', 'note.txt'],
  ],
  [['packet.pdf'], ['attachment-packet.pdf']],
  [['PACKET.PDF'], ['attachment-PACKET.PDF']],
  [['packet.pdf.'], ['attachment-packet.pdf.']],
  [[' packet.pdf '], ['attachment- packet.pdf ']],
  [['pac\u200bket.pdf'], ['attachment-pac\u200bket.pdf']],
  [['ｐａｃｋｅｔ.pdf'], ['attachment-ｐａｃｋｅｔ.pdf']],
  [['message.jws.json'], ['attachment-message.jws.json']],
  [['evidence.jws.json'], ['attachment-evidence.jws.json']],
  [['smime.p7s'], ['attachment-smime.p7s']],
  [
    ['packet.pdf', 'attachment-packet.pdf', 'Packet.pdf'],
    ['attachment-2-packet.pdf', 'attachment-packet.pdf', 'attachment-Packet.pdf'],
  ],
  [
    ['packet.pdf', 'packet.pdf'],
    ['attachment-packet.pdf', 'attachment-2-packet.pdf'],
  ],
  [['my packet.pdf'], ['my packet.pdf']],
])('%j go as %j', (given, expected) => {
  if (expected[0]?.startsWith('attachment-2-') === true) {
    // Whichever is renamed how: each name stands once, and none is ours.
    const made = nameAttachments(given);
    expect(new Set(made.map((one) => one.toLowerCase())).size).toBe(given.length);
    expect(made.map((one) => one.toLowerCase())).not.toContain('packet.pdf');
    return;
  }
  expect(nameAttachments(given)).toEqual(expected);
});
