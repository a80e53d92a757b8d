/** C2SP: the signed note of the specification, and what the public network of logs and witnesses has signed. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createCosignatureVerifier, timeOfCosignature } from '../../src/ledger/cosignature.ts';
import { readNote, verifyNote, writeNote } from '../../src/ledger/note.ts';
import { createNoteVerifier, readNoteKey, utf8BytesOf, writeNoteKey } from '../../src/ledger/note-key.ts';
import { verifySignedCheckpoint } from '../../src/ledger/signed-checkpoint.ts';
import { catchRefusal } from '../support/people.ts';
import { findVectors } from '../support/vectors.ts';

interface NoteVector {
  readonly vkey: string;
  readonly text: string;
  readonly signatureLine: string;
}

const folder = findVectors('c2sp');

describe.skipIf(folder === undefined)('C2SP vectors (skipped where they are absent)', () => {
  it('signed note: every one is read, verified and written again', async () => {
    const paths = globSync(join(folder ?? '', '*.json'));
    for (const path of paths) {
      const { vkey, text, signatureLine } = JSON.parse(readFileSync(path, 'utf8')) as NoteVector;
      const whole = `${text}\n${signatureLine}\n`;
      const note = readNote(utf8BytesOf(whole));
      const key = readNoteKey(vkey);
      expect(note.text).toBe(text);
      expect(writeNote(note)).toBe(whole);
      expect(writeNoteKey(key)).toBe(vkey);
      expect(await verifyNote(note, [createNoteVerifier(key)])).toEqual(note.signatures);
      const other = { ...note, text: text.replace('e', 'a') };
      expect(await catchRefusal(() => verifyNote(other, [createNoteVerifier(key)]))).toBe('ledger-refused');
    }
    process.stdout.write(`  c2sp signed notes: ${JSON.stringify({ cases: paths.length })}\n`);
    expect(paths).toHaveLength(1);
  });
});

/**
 * A checkpoint as a public log published it in May 2026, signed in the way of RFC 6962 (which is not ours), in Ed25519
 * by the log, and by one of its witnesses.
 */
const PUBLISHED = `arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
`;
const LOG = readNoteKey(
  'arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f',
);
const WITNESS = readNoteKey('remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2');

describe('a checkpoint of the public network', () => {
  it('verifies: signed by its log, cosigned by its witness', async () => {
    const log = { origin: LOG.name, keys: [LOG], witnesses: [WITNESS] };
    const opened = await verifySignedCheckpoint(utf8BytesOf(PUBLISHED), log);
    expect(opened.checkpoint).toMatchObject({ origin: LOG.name, size: 1_432_088_532, extensions: [] });
    expect(opened.cosignatures).toEqual([{ name: 'remora.n621.de', keyId: 'da77ade7', time: 0x6a122120 }]);
    expect(opened.strangers).toBe(1);
    expect(writeNote(opened.note)).toBe(PUBLISHED);
  });

  it('is refused at another size', async () => {
    const note = readNote(utf8BytesOf(PUBLISHED.replace('1432088532', '1432088533')));
    for (const verifier of [createNoteVerifier(LOG), createCosignatureVerifier(WITNESS)])
      expect(await catchRefusal(() => verifyNote(note, [verifier]))).toBe('ledger-refused');
  });

  it('gives the cosignature’s own time', async () => {
    const [cosignature] = await verifyNote(readNote(utf8BytesOf(PUBLISHED)), [
      createCosignatureVerifier(WITNESS),
    ]);
    expect(cosignature && new Date(timeOfCosignature(cosignature) * 1_000).toISOString()).toMatch(
      /^2026-05-23T/,
    );
  });
});
