/** Authorities for trials, which belong to no country. The name in their certificate identifies them. */
import { X509Certificate } from 'node:crypto';
import type { Anchor } from './authority.ts';

/** Part of the subject of every trial authority, also of those in `certs/demo`. */
const MARK = 'DEMO (not real)';

/** The name in the certificate of a trial authority. */
export const demoAuthorityName = (country: string): string => `${MARK}: authority of ${country}`;

/** The countries for which a trial authority is trusted. */
export const demoCountriesOf = (anchors: readonly Anchor[]): readonly string[] => [
  ...new Set(
    anchors
      .filter(({ certificate }) => new X509Certificate(certificate).subject.includes(MARK))
      .map(({ country }) => country),
  ),
];
