/** Every link in the documents leads to an existing file and an existing heading. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const ROOT = new URL('../', import.meta.url);
const documents = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...['docs', 'certs'].flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, ROOT)).flatMap((name) =>
      name.endsWith('.md') ? [`${folder}/${name}`] : [],
    ),
  ),
].map((name) => new URL(name, ROOT));

/** The text of a document without its blocks of code, whose `#` and `[` are no headings and no links. */
const proseOf = (document: URL): string =>
  readFileSync(document, 'utf8').replaceAll(/^ *```[\s\S]*?^ *```/gm, '');

/** The anchor of a heading, as GitHub makes it: small letters, no punctuation, hyphens for spaces. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (document: URL): readonly string[] =>
  [...proseOf(document).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

/** What is wrong with a link, or null. */
function faultOf(document: URL, target: string): string | null {
  const [path = '', anchor] = target.split('#');
  const leadsTo = path === '' ? document : new URL(path, document);
  if (!existsSync(leadsTo)) return 'no such file';
  if (anchor === undefined || anchorsOf(leadsTo).includes(anchor)) return null;
  return 'no such heading';
}

test('each link has an existing target', () => {
  const links = documents.flatMap((document) =>
    [...proseOf(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => ({ document, target })),
  );
  const own = links.filter(({ target }) => !/^[a-z]+:/.test(target));
  expect(own.length).toBeGreaterThan(60);
  const broken = own.flatMap(({ document, target }) => {
    const fault = faultOf(document, target);
    return fault === null ? [] : [`${document.pathname.slice(ROOT.pathname.length)}: ${target}: ${fault}`];
  });
  expect(broken).toEqual([]);
});
