/** Names of attachments: which may be sent, how they are shown, and which files can run a program. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fileNameSchema, isRunnable, safeFileNameOf } from '../../../src/domain/words/file-name.ts';
import { assertProperty } from '../../support/property.ts';

const isTaken = (value: string): boolean => fileNameSchema.safeParse(value).success;

describe('a file name', () => {
  test.each([
    'paspor.pdf',
    'លិខិតឆ្លងដែន.pdf',
    'foto 1 (depan).jpg',
    '.hidden',
    'a'.repeat(150),
    'ක්\u200Dෂ.pdf',
  ])('is accepted: %s', (given) => {
    expect(isTaken(given)).toBe(true);
    expect(safeFileNameOf(given)).toBe(given);
  });

  test.each([
    ['nothing', ''],
    ['here', '.'],
    ['the folder above', '..'],
    ['a path', '../../etc/passwd'],
    ['a Windows path', 'C:\\temp\\x.exe'],
    ['a line break, which could become a header', 'a.pdf\r\nX-Header: 1'],
    ['a NUL', 'a.pdf\0.exe'],
    ['a direction override that hides the ending', 'photo\u202Egpj.exe'],
    ['an isolate that does the same', 'photo\u2066gpj.exe'],
    ['a right-to-left mark', 'photo\u200Fgpj.exe'],
    ['an Arabic letter mark', 'photo\u061Cgpj.exe'],
    ['half a surrogate pair', 'photo\ud800.pdf'],
    ['a dot at its end, which Windows leaves out', 'run.exe.'],
    ['a space at its end', 'run.exe '],
    ['151 characters', 'a'.repeat(151)],
    ['150 characters that are 450 bytes', 'ក'.repeat(150)],
  ])('is refused: %s', (_name, given) => {
    expect(isTaken(given)).toBe(false);
  });

  test('of a sealed attachment is shown without forbidden characters, with its extension', () => {
    expect(safeFileNameOf('..')).toBe('file');
    expect(safeFileNameOf('photo\u202Egpj.exe')).toBe('photo_gpj.exe');
    expect(safeFileNameOf(`${'ក'.repeat(150)}.pdf`)).toMatch(/^ក{70,}\.pdf$/);
    assertProperty(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (given) => {
        const shown = safeFileNameOf(given);
        expect(new TextEncoder().encode(shown).length).toBeLessThanOrEqual(240);
        expect(shown).not.toMatch(/[/\\\p{Cc}\u200F\u202E]|^\.*$/u);
      }),
    );
  });
});

describe('files that can run a program', () => {
  const file = (filename: string, media_type = 'application/octet-stream') => ({ filename, media_type });

  test.each([
    'setup.exe',
    'SETUP.EXE',
    'list.docm',
    'open me.lnk',
    'page.html',
    'x.pdf.scr',
    'run.exe.',
    'a.js',
  ])('by their name: %s', (given) => expect(isRunnable(file(given))).toBe(true));

  test.each(['application/x-msdownload', 'text/html', 'application/vnd.ms-excel.sheet.macroenabled.12'])(
    'by their media type: %s',
    (given) => expect(isRunnable(file('photo.jpg', given))).toBe(true),
  );

  test.each([
    ['passport.pdf', 'application/pdf'],
    ['photo.jpg', 'image/jpeg'],
    ['statement.docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
    ['exe', 'text/plain'],
    ['message.jws.json', 'application/jose+json'],
  ])('not: %s', (filename, media_type) => expect(isRunnable({ filename, media_type })).toBe(false));
});
