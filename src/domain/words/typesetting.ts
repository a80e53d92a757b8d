/** What a typesetter reports when it cannot set a page: kinds of faults and places in our templates, never text of the page. */

/** A page that could not be set. */
export class TypesetFault extends Error {
  /** Each as `kind`, or `kind at template:line`: fit for a log. */
  readonly diagnostics: readonly string[];

  constructor(template: string, diagnostics: readonly string[]) {
    super(`the page ${template} cannot be set: ${diagnostics.join(', ')}`);
    this.name = 'TypesetFault';
    this.diagnostics = diagnostics;
  }
}
