/**
 * Across the border: the recipient's gateway makes the letter and numbers it in the focal point's register; the
 * sender's gateway cannot open it.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeLetterCopy } from '../../src/flow/content/letter-copy.ts';
import { type AcrossBorder, makeAcrossBorder } from '../support/across.ts';
import { openBrowser } from '../support/browser.ts';
import { readPdfText } from '../support/letters.ts';
import { catchRefusal } from '../support/people.ts';
import type { RigPartner } from '../support/rig.ts';
import { makeReportPost, PRIVATE_TEXT, postMessage } from '../support/story.ts';

let both: AcrossBorder;
let shelter: RigPartner;
let focalPoint: RigPartner;
let message: string;

beforeAll(async () => {
  both = await makeAcrossBorder();
  ({ shelter, focalPoint: focalPoint } = both);
  message = await postMessage(shelter, makeReportPost([focalPoint.designation.focal_point]));
  await both.waitUntilIdle();
});
afterAll(() => both?.close());

test('the focal point’s copy has its number, both languages, and leads to the proof at its own gateway', async () => {
  const { gateway } = both.id.house;
  const pdf = await makeLetterCopy(gateway, {
    message,
    by: 'system',
    party: focalPoint.designation.focal_point,
    languages: ['id', 'en'],
  });
  const text = (await readPdfText(pdf)).replaceAll(/\s+/g, ' ');
  for (const part of [PRIVATE_TEXT[0] ?? '', 'Laporan', 'Report', 'Number at the recipient', 'DESK/']) {
    expect(text).toContain(part);
  }
  expect(text.replaceAll(' ', '')).toContain(`${gateway.url}/proof/${message}`);
});

test('both gateways prove the same acceptance, each under its own name', async () => {
  const { kh, id } = both;
  const pages = await Promise.all(
    [kh, id].map(({ house, url }) => openBrowser(house.app, url).open(`/proof/${message}`)),
  );
  expect(pages.map((one) => one.status)).toEqual([200, 200]);
  const digests = pages.map((one) => /id="([\w-]{43})"/.exec(one.text)?.[1]);
  expect(digests[0]).toBe(digests[1]);
  expect(pages[0]?.text).toContain(`<dd>${kh.url}</dd>`);
  expect(pages[1]?.text).toContain(`<dd>${id.url}</dd>`);
});

test('the sender has its own copy, under its own number, although the message went abroad', async () => {
  const asked = { message, by: 'system', party: shelter.designation.focal_point } as const;
  const text = (await readPdfText(await makeLetterCopy(both.kh.house.gateway, asked))).replaceAll(
    /\s+/g,
    ' ',
  );
  for (const part of [PRIVATE_TEXT[0] ?? '', 'SHELTER/']) expect(text).toContain(part);
  expect(text).not.toContain('Number at the recipient');
});

test('a gateway makes no letter for a focal point whose key it does not hold', async () => {
  const asked = { message, by: 'system', party: focalPoint.designation.focal_point } as const;
  expect(await catchRefusal(() => makeLetterCopy(both.kh.house.gateway, asked))).toBe('wrong-custody');
});
