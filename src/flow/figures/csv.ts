/**
 * The report as one table in CSV: a line for each figure, with the report's name, so that several reports can
 * be joined.
 */
import type { FigureRow } from '../../domain/figures/figures.ts';
import type { FiguresReport } from './figures.ts';

type Cell = string | number | boolean | null;

/** The columns in order; docs/report.md explains each. */
const COLUMNS = {
  agreement: (report) => report.agreement.id,
  version: (report) => report.agreement.version,
  from: (report) => report.from,
  to: (report) => report.to,
  as_of: (report) => report.as_of,
  figure: (_, row) => row.figure,
  side: (_, row) => row.side,
  type: (_, row) => row.type,
  detail: (_, row) => row.detail,
  count: (_, row) => row.count,
  median_seconds: (_, row) => row.median,
  p90_seconds: (_, row) => row.p90,
  suppressed: (_, row) => row.suppressed,
} as const satisfies Readonly<Record<string, (report: FiguresReport, row: FigureRow) => Cell>>;

/** RFC 4180 with a header, UTF-8, lines ended by CRLF. An empty cell is a total or was suppressed. */
export function csvOfReport(report: FiguresReport): string {
  const read = Object.values(COLUMNS);
  const lines = report.rows.map((row) => read.map((cell) => escapeCell(cell(report, row))));
  return [Object.keys(COLUMNS), ...lines].map((cells) => `${cells.join(',')}\r\n`).join('');
}

/**
 * A text that a spreadsheet could take for a formula gets an apostrophe in front (OWASP, CSV Injection). A
 * text with a comma, a quote or a line end is quoted.
 */
function escapeCell(cell: Cell): string {
  if (typeof cell !== 'string') return cell === null ? '' : String(cell);
  const text = /^[=+\-@\t\r\n]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
