/** Data and files of a gateway of commit 707277f (test/fixtures/at-707277f/README.md). */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { SettingValues } from '../../src/config/settings.ts';

const file = (name: string): Buffer =>
  readFileSync(new URL(`../fixtures/at-707277f/${name}`, import.meta.url));

/** The bytes of a case file, or of another packed text. */
export const unpackKept = (name: string): Buffer => gunzipSync(file(`${name}.gz`));

/** Certificates of the two authorities, PEM. */
export const KEPT_PEMS: readonly string[] = ['ID.pem', 'KH.pem'].map((name) => file(name).toString());

/** The verdict that the program of that commit gave on each of its files, by name. */
export const KEPT_VERDICTS = JSON.parse(unpackKept('verdicts.json').toString()) as Readonly<
  Record<string, Readonly<Record<string, unknown>>>
>;

export interface KeptSide {
  readonly values: SettingValues;
  readonly url: string;
}

/** How the two gateways were set up, and the messages in their databases. */
export const KEPT_SETUP = JSON.parse(file('about.json').toString()) as {
  readonly at: string;
  readonly kh: KeptSide & { readonly shelter: { readonly secret: string; readonly accessKey: string } };
  readonly id: KeptSide & { readonly desk: { readonly secret: string; readonly accessKey: string } };
  readonly messages: Readonly<Record<'answered' | 'recalled' | 'own' | 'withdrawn' | 'open', string>>;
};
