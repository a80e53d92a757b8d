/** The interface to the typesetter: a template of this folder and data in, PDF out. The entry chooses the program. */

/** The templates there are: `<name>.typ` beside this file. */
type Template = 'letter' | 'report' | 'test-page';

/** What is to be set. `data` reaches the template as JSON and is never part of its markup. */
export interface Sheet {
  readonly template: Template;
  readonly data: unknown;
  /** The time the document gives as its own, which makes equal data equal bytes. */
  readonly at: Date;
}

/** Sets a sheet as PDF/A-2a. @throws Error where the template does not hold, or a font is missing */
export type Typesetter = (sheet: Sheet) => Promise<Uint8Array>;
