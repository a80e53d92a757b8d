/** The data of `report.typ`: makes a sheet from a page of figures. */
import { addLineBreaks } from './breaking.ts';
import { changeTexts } from './texts.ts';
import type { Sheet } from './typeset.ts';

/**
 * Makes a sheet from a page of figures. Long titles and names without spaces get places where a line may end, so that
 * they stay on the page.
 */
export const makeReportSheet = (page: object, at: Date): Sheet => ({
  template: 'report',
  data: changeTexts(page, addLineBreaks),
  at,
});
