/** The effect of handling codes (`vocabulary.ts`). */
import type { Handling } from '../words/vocabulary.ts';

/** Whether content may go only to its recipients: H2 without permission, H3 as its note says. */
export const isRestricted = (handling: Handling): boolean => handling === 'H2' || handling === 'H3';
