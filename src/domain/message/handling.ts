/** What handling codes (vocabulary.ts) keep content from. */
import type { Handling } from '../words/vocabulary.ts';

/** Whether content may go no further than to those it was sent to: H2 without permission, H3 as its note restricts. */
export const isRestricted = (handling: Handling): boolean => handling === 'H2' || handling === 'H3';
