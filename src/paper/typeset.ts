/**
 * The interface of the typesetter: a template of this folder and its data in, PDF out. The entry chooses the program.
 */

/** The templates: `<name>.typ` in this folder. */
type Template = 'letter' | 'report' | 'test-page';

/** A page to be set. `data` reaches the template as JSON and is never part of its markup. */
export interface Sheet {
  readonly template: Template;
  readonly data: unknown;
  /** The time in the document's metadata. With a fixed time, equal data give equal bytes. */
  readonly at: Date;
}

/** Sets a sheet as PDF/A-2a. @throws Error if the template is faulty, or a font is missing */
export type Typesetter = (sheet: Sheet) => Promise<Uint8Array>;
