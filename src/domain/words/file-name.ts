/**
 * Names of attachments: which names a sender may use, how a name is shown, and which files can run on a reader's
 * computer.
 */
import { z } from 'zod';
import type { Phrases } from './phrases.ts';

/** File systems allow 255 bytes. A reader's program may add a number and an extension. */
const MAX_BYTES = 240;

const encoder = new TextEncoder();
const bytesOf = (name: string): number => encoder.encode(name).length;

/** Path separators and invisible characters: control, formatting (except joiners), private-use, unpaired. */
const FORBIDDEN = /[/\\\p{Cc}\p{Co}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200C\u200D])\p{Cf}/u;

/** False for `.`, `..`, and names with a beginning or an end that a file system cuts off. */
const isWholeName = (name: string): boolean => !/[.\s]$|^\s/u.test(name);

/** A file name from a sender: no path, nothing invisible, at most 150 characters and 240 bytes of UTF-8. */
export const fileNameSchema = z
  .string()
  .min(1)
  .max(150, { abort: true })
  .refine((name) => name.isWellFormed() && !FORBIDDEN.test(name) && isWholeName(name), {
    error: 'must be a plain file name, without path, control or direction characters, or a dot at its end',
    abort: true,
  })
  .refine((name) => bytesOf(name) <= MAX_BYTES, `must be at most ${MAX_BYTES} bytes of UTF-8`);

/**
 * Cleans a name from a sealed message so that it can be shown and offered for saving: no path, no invisible
 * characters, at most 240 bytes, same extension. Returns `file` if nothing is left.
 */
export function safeFileNameOf(name: string): string {
  const plain = name
    .toWellFormed()
    .replaceAll(new RegExp(FORBIDDEN, 'gu'), '_')
    .replace(/^\s+/u, '')
    .replace(/[.\s]+$/u, '');
  if (plain === '') return 'file';
  if (bytesOf(plain) <= MAX_BYTES) return plain;
  const extension = /\.[A-Za-z0-9]{1,10}$/.exec(plain)?.[0] ?? '';
  let kept = '';
  for (const one of plain.slice(0, plain.length - extension.length)) {
    if (bytesOf(kept + one + extension) > MAX_BYTES) break;
    kept += one;
  }
  return kept + extension;
}

/** The warning beside the name of a runnable file, in the reader's language; an empty text for other files. */
export const describeRunnable = (file: FileKind, lang: string, translate: Phrases): string =>
  isRunnable(file) ? `, ${translate(lang, 'file-can-run')}` : '';

/** Extensions that common systems run or install, or open with scripts or macros. */
const RUNNABLE = new Set(
  (
    'apk app appimage appx bat cab chm class cmd com cpl crt deb dll dmg docm dotm elf exe gadget hta htm html ' +
    'img inf ins iso jar jnlp js jse lnk mht mhtml mjs msc msi msix msp mst ocx pif pkg potm ppam ppsm pptm ps1 py reg ' +
    'rpm run scf scr sct sh shtml sldm svg swf sys url vb vbe vbs vhd vhdx wsc wsf wsh xbap xhtml xlam xll xlsb xlsm ' +
    'xltm xsl'
  ).split(' '),
);

/** Runnable media types. They count whatever the file is called. */
const RUNNABLE_TYPES =
  /^(?:application\/(?:x-(?:msdownload|msdos-program|dosexec|executable|sh|bat|msi|ms-shortcut|apple-diskimage|shockwave-flash)|vnd\.(?:microsoft\.portable-executable|android\.package-archive|debian\.binary-package|ms-[a-z]+\.[a-z]+\.macroenabled\.12)|java-archive|(?:x-)?javascript|ecmascript|hta|xhtml\+xml)|text\/(?:html|(?:x-)?javascript|ecmascript|x-(?:sh|python|shellscript))|image\/svg\+xml)$/;

interface FileKind {
  readonly filename: string;
  readonly media_type: string;
}

/**
 * Whether a file can run or can contain something that runs when it is opened. Its extension and its media type
 * decide.
 */
export function isRunnable(file: FileKind): boolean {
  const extension = /\.([^.]+)$/u.exec(safeFileNameOf(file.filename).toLowerCase())?.[1]?.trim() ?? '';
  return RUNNABLE.has(extension) || RUNNABLE_TYPES.test(file.media_type);
}
