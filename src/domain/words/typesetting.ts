/** The fault a typesetter reports. It names kinds of faults and places in our templates, never text of the page. */

/** A page could not be typeset. */
export class TypesetFault extends Error {
  /** Each is `kind` or `kind at template:line`. It contains no content, so it may be logged. */
  readonly diagnostics: readonly string[];

  constructor(template: string, diagnostics: readonly string[]) {
    super(`the page ${template} cannot be set: ${diagnostics.join(', ')}`);
    this.name = 'TypesetFault';
    this.diagnostics = diagnostics;
  }
}
