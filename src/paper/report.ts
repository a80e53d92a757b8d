/** The figures of `report.typ`: what its sheet is, out of a page of figures. */
import { breakable } from './breaking.ts';
import { withTexts } from './texts.ts';
import type { Sheet } from './typeset.ts';

/** A page of figures as a sheet. Titles and names of others in it stay on the page, however long without a space. */
export const reportSheet = (page: object, at: Date): Sheet => ({
  template: 'report',
  data: withTexts(page, breakable),
  at,
});
