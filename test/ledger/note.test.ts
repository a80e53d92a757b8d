/** Signed notes and verifier keys: what is accepted, what is refused, and that nothing unsigned is trusted. */
import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isKeyName, readNote, type SignedNote, verifyNote, writeNote } from '../../src/ledger/note.ts';
import {
  createNoteVerifier,
  makeNoteKey,
  readNoteKey,
  signNoteText,
  utf8BytesOf,
  writeNoteKey,
} from '../../src/ledger/note-key.ts';
import { flipBit, makeNoteKeyHolder } from '../support/ledgers.ts';
import { catchRefusal } from '../support/people.ts';
import { assertProperty } from '../support/property.ts';

const putussibau = await makeNoteKeyHolder('gateway.id.test/ledger');
const miri = await makeNoteKeyHolder('gateway.my.test/ledger');
const verifiers = [createNoteVerifier(putussibau.signer.key), createNoteVerifier(miri.signer.key)];
const KEY = Buffer.alloc(32, 7);

const TEXT = 'Diserahkan kepada yang berhak.\n\nភ្នំពេញ\n';
const signed = async (text = TEXT): Promise<SignedNote> => ({
  text,
  signatures: [await signNoteText(text, putussibau.signer), await signNoteText(text, miri.signer)],
});
const note = await signed();
const whole = writeNote(note);
const [first = '', second = ''] = whole.slice(TEXT.length + 1).split('\n');

describe('a note', () => {
  it('is read as it was written, with empty lines', async () => {
    expect(readNote(utf8BytesOf(whole))).toEqual(note);
    expect(await verifyNote(note, verifiers)).toEqual(note.signatures);
  });

  it('of any text is split at its last empty line', async () => {
    const line = fc.constantFrom('', '— x y', 'a', 'è subito sera', '\ufeff', '\u0085');
    await assertProperty(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 6 }), async (lines) => {
        const one = await signed(`${lines.join('\n')}\n`);
        expect(readNote(utf8BytesOf(writeNote(one)))).toEqual(one);
      }),
    );
  });

  it('is read like the specification’s example', () => {
    const example = `Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
`;
    const read = readNote(utf8BytesOf(example));
    expect(read.text.split('\n')).toHaveLength(5);
    expect(read.signatures).toMatchObject([{ name: 'quasimodo.example/salvatore', keyId: '367ba04b' }]);
    expect(writeNote(read)).toBe(example);
  });

  const cases: readonly (readonly [string, string | Uint8Array])[] = [
    ['nothing', ''],
    ['no signature', TEXT],
    ['an empty line and no signature', `${TEXT}\n`],
    ['no empty line', `${TEXT.replaceAll('\n\n', '\n')}${first}\n`],
    ['no newline at the end', whole.slice(0, -1)],
    ['an empty line after the signatures', `${whole}\n`],
    ['a line after the signatures', `${whole}text\n`],
    ['an empty line between signatures', `${TEXT}\n${first}\n\n${second}`],
    ['a tab', whole.replace('Diserahkan ', 'Diserahkan\t')],
    ['a carriage return', whole.replaceAll('\n', '\r\n')],
    ['a zero byte', whole.replace('kepada', 'kepada\0')],
    ['a hyphen for the em dash', whole.replaceAll('—', '-')],
    ['an en dash for the em dash', whole.replaceAll('—', '–')],
    ['two spaces', whole.replaceAll('— ', '—  ')],
    ['a space at the end of a line', whole.replace(`${first}\n`, `${first} \n`)],
    ['no key name', `${TEXT}\n— ${first.split(' ')[2]}\n`],
    ['a plus sign in the name', whole.replaceAll('.test/ledger', '.test+ledger')],
    ['a Unicode space in the name', whole.replaceAll('.test/ledger', '.test\u00a0ledger')],
    ['base64url', `${TEXT}\n— x ${Buffer.alloc(68, 0xff).toString('base64url')}\n`],
    ['base64 without padding', `${TEXT}\n— x AAAAAAA\n`],
    ['base64 with unused bits set', `${TEXT}\n— x AAAAAAB=\n`],
    ['only a key id', `${TEXT}\n— x AAAAAA==\n`],
    ['less than a key id', `${TEXT}\n— x AAAA\n`],
    ['101 signatures', `${TEXT}\n${'— x AAAAAAA=\n'.repeat(101)}`],
    ['bytes that are not UTF-8', Buffer.concat([Buffer.of(0xff), utf8BytesOf(whole)])],
    ['a lone surrogate', Buffer.concat([Buffer.of(0xed, 0xa0, 0x80), utf8BytesOf(whole)])],
    ['an overlong newline', Buffer.concat([Buffer.of(0xc0, 0x8a), utf8BytesOf(whole)])],
  ];
  it.each(cases)('is refused with %s', async (_, bytes) => {
    const refused = () => readNote(typeof bytes === 'string' ? utf8BytesOf(bytes) : bytes);
    expect(await catchRefusal(refused)).toBe('ledger-malformed');
  });

  it('has at most a hundred signatures, and at most a million bytes', async () => {
    expect(readNote(utf8BytesOf(`${TEXT}\n${'— x AAAAAAA=\n'.repeat(100)}`)).signatures).toHaveLength(100);
    expect(await catchRefusal(() => readNote(new Uint8Array(1_000_001).fill(97)))).toBe('too-large');
    expect(await catchRefusal(() => writeNote({ ...note, text: `${'a'.repeat(1_000_000)}\n` }))).toBe(
      'too-large',
    );
  });

  const unwritable: readonly (readonly [string, SignedNote])[] = [
    ['a text without its newline', { ...note, text: 'a' }],
    ['an empty text', { ...note, text: '' }],
    ['a control character', { ...note, text: 'a\u001f\n' }],
    ['a lone surrogate', { ...note, text: '\ud800\n' }],
    ['no signature', { ...note, signatures: [] }],
    ['a name of two words', { ...note, signatures: [{ name: 'a b', keyId: '00000000', signature: KEY }] }],
    ['a key id that is none', { ...note, signatures: [{ name: 'a', keyId: '0', signature: KEY }] }],
    [
      'an empty signature',
      { ...note, signatures: [{ name: 'a', keyId: '00000000', signature: KEY.subarray(32) }] },
    ],
  ];
  it.each(unwritable)('is not written with %s', async (_, one) => {
    expect(await catchRefusal(() => writeNote(one))).toBe('ledger-malformed');
  });
});

describe('the signatures', () => {
  it('of unknown keys are ignored, even under a known name or id', async () => {
    const [known] = verifiers;
    expect(await verifyNote(note, verifiers.slice(0, 1))).toEqual(note.signatures.slice(0, 1));
    const other = await makeNoteKeyHolder(putussibau.signer.key.name);
    const added = { ...note, signatures: [await signNoteText('other\n', other.signer), ...note.signatures] };
    expect(await verifyNote(added, known ? [known] : [])).toEqual(note.signatures.slice(0, 1));
    expect(await catchRefusal(() => verifyNote(note, [createNoteVerifier(other.signer.key)]))).toBe(
      'ledger-refused',
    );
    expect(await catchRefusal(() => verifyNote(note, []))).toBe('ledger-refused');
  });

  it('cause the whole note to be refused if one by a known key does not verify, although another does', async () => {
    const [one, other] = note.signatures;
    if (one === undefined || other === undefined) throw new Error('two signatures were made');
    const forged = { ...note, signatures: [one, { ...other, signature: one.signature }] };
    expect(await catchRefusal(() => verifyNote(forged, verifiers))).toBe('ledger-refused');
    const longer = { ...other, signature: Buffer.concat([other.signature, Buffer.of(0)]) };
    expect(await catchRefusal(() => verifyNote({ ...note, signatures: [longer] }, verifiers))).toBe(
      'ledger-refused',
    );
  });

  it('do not verify after any bit of the note is changed', async () => {
    const bytes = utf8BytesOf(writeNote({ ...note, signatures: note.signatures.slice(0, 1) }));
    await assertProperty(
      fc.asyncProperty(fc.nat(bytes.length * 8 - 1), async (bit) => {
        const turned = async () => verifyNote(readNote(flipBit(bytes, bit)), verifiers);
        expect(['ledger-refused', 'ledger-malformed']).toContain(await catchRefusal(turned));
      }),
      { numRuns: 500 },
    );
  });

  it('are made only over valid texts, and only by keys for notes', async () => {
    expect(await catchRefusal(() => signNoteText('no newline', putussibau.signer))).toBe('ledger-malformed');
    const mute = { key: putussibau.signer.key, sign: async () => new Uint8Array() };
    await expect(signNoteText(TEXT, mute)).rejects.toThrow('no Ed25519 signature');
    const witness = await makeNoteKeyHolder('w', 'cosignature');
    expect(await catchRefusal(() => signNoteText(TEXT, witness.signer))).toBe('ledger-malformed');
    expect(await catchRefusal(() => createNoteVerifier(witness.signer.key))).toBe('ledger-malformed');
  });
});

describe('a verifier key', () => {
  it.each([
    'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
    'remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2',
    'TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6',
  ])('published as %s is read and written again', (text) => {
    expect(writeNoteKey(readNoteKey(text))).toBe(text);
  });

  const good = writeNoteKey(makeNoteKey('example.com/foo', 'ed25519', KEY));
  const [name = '', id = '', base64 = ''] = good.split('+');
  const withBytes = (...bytes: number[]) => `${name}+${id}+${Buffer.from(bytes).toString('base64')}`;
  it.each([
    ['nothing', ''],
    ['another name', good.replace('foo', 'fou')],
    ['another id', good.replace(id, '00000000')],
    ['an id in capitals', good.replace(id, id.toUpperCase().replace(/\d/g, 'A'))],
    ['no name', `+${id}+${base64}`],
    ['a space in the name', good.replace('/', ' ')],
    ['a newline after it', `${good}\n`],
    ['a key of another algorithm', withBytes(2, ...KEY)],
    ['a short key', withBytes(1, ...KEY.subarray(1))],
    ['a long key', withBytes(1, ...KEY, 7)],
    ['no key', withBytes()],
    ['stray base64', `${good}=`],
    ['a name without end', `${'x'.repeat(100_000)}+${id}+${base64}`],
  ])('is refused with %s', async (_, text) => {
    expect(await catchRefusal(() => readNoteKey(text))).toBe('ledger-malformed');
  });

  it('has a name without spaces of any kind', async () => {
    for (const bad of ['', 'a b', 'a\u0085b', 'a\u2028b', 'a\u3000', 'a+b', 'a\nb', 'a\u0001', '\ud800'])
      expect(isKeyName(bad), JSON.stringify(bad)).toBe(false);
    for (const fine of ['example.com/log', 'ភ្នំពេញ', 'a\ufeffb']) expect(isKeyName(fine)).toBe(true);
    expect(await catchRefusal(() => makeNoteKey('a b', 'ed25519', KEY))).toBe('ledger-malformed');
    expect(await catchRefusal(() => makeNoteKey('a', 'ed25519', KEY.subarray(1)))).toBe('ledger-malformed');
  });
});
