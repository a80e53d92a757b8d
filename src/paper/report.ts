/** The figures of `report.typ`: what its sheet is, out of a page of figures. */
import { addLineBreaks } from './breaking.ts';
import { changeTexts } from './texts.ts';
import type { Sheet } from './typeset.ts';

/** A page of figures as a sheet. Titles and names of others in it stay on the page, however long without a space. */
export const makeReportSheet = (page: object, at: Date): Sheet => ({
  template: 'report',
  data: changeTexts(page, addLineBreaks),
  at,
});
