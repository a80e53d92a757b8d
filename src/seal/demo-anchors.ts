/** Authorities for trials, which belong to no country; they are recognised by the name in their certificate. */
import { X509Certificate } from 'node:crypto';
import type { Anchor } from './authority.ts';

/** Part of the subject of every trial authority, also of those in `certs/demo`. */
const MARK = 'DEMO (not real)';

/** The name in the certificate of an authority that is no country's. */
export const demoAuthorityName = (country: string): string => `${MARK}: authority of ${country}`;

/** The countries for which such an authority is trusted. */
export const demoCountriesOf = (anchors: readonly Anchor[]): readonly string[] => [
  ...new Set(
    anchors
      .filter(({ certificate }) => new X509Certificate(certificate).subject.includes(MARK))
      .map(({ country }) => country),
  ),
];
