/** The scripts and examples that the documents name are real. test/readme-commands.test.ts runs the README. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MESSAGE_NAMES } from '../src/domain/message/message.ts';
import { agreementSchema } from '../src/domain/terms/agreement.ts';

test('every npm script that the documents name exists', () => {
  const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const documents = ['README.md', 'CONTRIBUTING.md'].map((file) =>
    readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'),
  );
  const named = documents.flatMap((text) =>
    [...text.matchAll(/npm (?:run )?([a-z]+)/g)].map((found) => found[1] ?? ''),
  );
  const builtIn = ['install', 'ci'];
  expect(
    [...new Set(named)].filter((name) => !builtIn.includes(name) && !(name in scripts) && name !== 'and'),
  ).toEqual([]);
});

test('the example agreement is valid', () => {
  const example = readFileSync(new URL('../docs/agreement.example.json', import.meta.url), 'utf8');
  expect(agreementSchema.parse(JSON.parse(example)).parties).toEqual(['ID', 'KH']);
  const domestic = readFileSync(new URL('../docs/agreement-domestic.example.json', import.meta.url), 'utf8');
  const said = [example, domestic].flatMap((text) =>
    agreementSchema.parse(JSON.parse(text)).rules.flatMap((one) => one.types),
  );
  expect(new Set(said)).toEqual(new Set(MESSAGE_NAMES));
});
