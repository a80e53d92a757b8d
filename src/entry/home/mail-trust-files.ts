/**
 * Reads the CAs that may certify mailboxes from the home folder: the country's authorities in `certs/<country>/`, the CAs for
 * mail in `certs/<country>/mail/`, revocation lists beside them as `*.crl`, and this gateway's own mail authority. Checks the
 * folders for each mail, so that a replaced list is used from the next mail on.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { MailTrustLookup } from '../../seal/mail-trust.ts';

interface Read {
  /** Changes when the file is replaced or written. */
  readonly mark: string;
  readonly bytes: Uint8Array;
}

interface Reader {
  read(file: string): Uint8Array;
  /** Forgets files that no longer exist in these folders. */
  forgetGone(folders: readonly string[], files: readonly string[]): void;
}

/** Reads files, and reads a file again only after it changed, because a national revocation list has megabytes. */
function reader(): Reader {
  const known = new Map<string, Read>();
  const forgetGone: Reader['forgetGone'] = (folders, files) => {
    for (const file of known.keys())
      if (folders.includes(dirname(file)) && !files.includes(file)) known.delete(file);
  };
  const read: Reader['read'] = (file) => {
    const { ino, size, mtimeNs } = statSync(file, { bigint: true });
    const mark = `${ino} ${size} ${mtimeNs}`;
    const before = known.get(file);
    if (before?.mark === mark) return before.bytes;
    const bytes = readFileSync(file);
    known.set(file, { mark, bytes });
    return bytes;
  };
  return { read, forgetGone };
}

/** Makes the lookup of the CAs that may certify mailboxes, from the files of a home folder. */
export function createMailTrust(home: string): MailTrustLookup {
  const { read, forgetGone } = reader();
  const text = (file: string): string => Buffer.from(read(file)).toString('utf8');
  const own = join(home, 'authority', 'mail.cert.pem');
  return (country) => {
    const folders = [join(home, 'certs', country), join(home, 'certs', country, 'mail')];
    const files = folders.flatMap((folder) =>
      existsSync(folder) ? readdirSync(folder).map((file) => join(folder, file)) : [],
    );
    forgetGone(folders, files);
    const ending = (end: string): string[] => files.filter((file) => file.endsWith(end));
    return [
      {
        anchors: ending('.pem').map(text),
        lists: ending('.crl').map((file) => ({ name: basename(file), bytes: read(file) })),
      },
      ...(existsSync(own) ? [{ anchors: [text(own)], lists: [] }] : []),
    ];
  };
}
