/** IOM's published field table (HTCDS 2.0), read in place. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

interface Table {
  readonly sections: readonly {
    readonly fields: readonly { readonly id: string; readonly values: readonly string[] }[];
  }[];
}

/** The published values of every pick list by field id, or undefined where the table is not there. */
export function readPublishedLists(): ReadonlyMap<string, readonly string[]> | undefined {
  const root = process.env['AMANAT_VOCABULARY'] ?? '../shared/vocabulary';
  const file = join(resolve(import.meta.dirname, '../..', root), 'htcds_fields_2.0.json');
  if (!existsSync(file)) return undefined;
  const table = JSON.parse(readFileSync(file, 'utf8')) as Table;
  return new Map(table.sections.flatMap((one) => one.fields.map((field) => [field.id, field.values])));
}
