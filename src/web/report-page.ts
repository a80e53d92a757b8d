/** The report as one HTML file: no script, no resource from another server, every bar drawn as SVG. */
import { html } from 'hono/html';
import type { ReportPage } from '../flow/figures/page.ts';
import type { PageRow, PageSection } from '../flow/figures/section.ts';
import { type Html, renderFacts, renderPage } from './page.ts';

/** The length of the longest bar and the height of each bar, in units of the drawing. */
const LONG = 100;
const HIGH = 6;
/** How many sides have a colour of their own. */
const SIDES = 2;

/**
 * One colour for each side, also distinct in grey and in the dark theme. A table that is wider than a phone scrolls by itself and
 * not with the page, and the first column stays visible.
 */
const STYLE = html`<style>
:root { --side-0: #0b5f4a; --side-1: #b57d16 } @media (prefers-color-scheme: dark) { :root { --side-0: #8fd6c1 } } .side-0 { fill: var(--side-0) } .side-1 { fill: var(--side-1) }
main { max-width: 60rem } .wide { overflow-x: auto } table { border-collapse: collapse; width: 100%; font-size: .95rem } td, th { padding: .25rem .5rem; border-bottom: 1px solid var(--line); text-align: end; font-weight: 400 } th { color: var(--soft) } td { white-space: nowrap } td:first-child, th:first-child { text-align: start; white-space: normal; min-width: 5.5rem; position: sticky; left: 0; background: var(--paper) } th[colspan] { text-align: center } tr.total td { font-weight: 700 } td.plot { width: 30%; min-width: 6rem } th.says { min-width: 11rem } svg { display: block; width: 100% } .key { display: inline; width: .8em; height: .8em } @media (max-width: 30rem) { td, th { padding: .25rem .3rem } td.plot { min-width: 3.5rem } } @media print { section { break-inside: avoid } .wide { overflow: visible } }
</style>`;

/** @returns the whole document, to be written to a file */
export const renderReport = (report: ReportPage): Html =>
  renderPage(
    report.lang,
    report.title,
    html`${STYLE}<section><h1>${report.title}</h1>${renderFacts(report.facts)}<p>${report.legend.map(
      (name, n) =>
        html`<svg class="key" viewBox="0 0 8 8" aria-hidden="true"><rect width="8" height="8" class="${side(n)}"/></svg> ${name} &nbsp; `,
    )}</p></section>
    ${report.sections.map((one) => section(one, report))}
    <section class="soft">${report.notes.map((note) => html`<p>${note}</p>`)}</section>`,
  );

const side = (series: number): string => `side-${series % SIDES}`;

function section(
  { heading, groups, columns, rows, scale, plot }: PageSection,
  { nothing }: ReportPage,
): Html {
  if (rows.length === 0) return html`<section><h2>${heading}</h2><p class="soft">${nothing}</p></section>`;
  return html`<section><h2>${heading}</h2><div class="wide" tabindex="0" role="region" aria-label="${heading}"><table>
    <thead>${head(groups, columns.length)}<tr>${columns.map((one) => html`<th scope="col">${one}</th>`)}<th scope="col" class="${plot === '' ? '' : 'says'}">${plot}</th></tr></thead>
    <tbody>${rows.map(
      (row) =>
        html`<tr class="${row.isTotal ? 'total' : ''}">${row.cells.map((cell) => html`<td>${cell}</td>`)}<td class="plot">${bars(row, scale)}</td></tr>`,
    )}</tbody>
  </table></div></section>`;
}

/** Renders the names above columns that belong together. */
const head = (groups: readonly string[], columns: number): Html | string =>
  groups.length === 0
    ? ''
    : html`<tr><td></td>${groups.map((one) => html`<th scope="colgroup" colspan="${(columns - 1) / groups.length}">${one}</th>`)}<td></td></tr>`;

/** Draws the bars of a row. A suppressed value has no bar, because its length would tell the value. */
function bars({ bars: list }: PageRow, scale: number): Html | string {
  if (list.length === 0) return '';
  const height = list.length * (HIGH + 1);
  return html`<svg viewBox="0 0 ${LONG} ${height}" preserveAspectRatio="none" height="${height * 2}" aria-hidden="true">${list.map(
    ({ value, reach, series }, n) => {
      const y = n * (HIGH + 1);
      const long = (of: number): string => ((of / scale) * LONG).toFixed(2);
      return value === null
        ? ''
        : html`<rect x="0" y="${y}" width="${long(value)}" height="${HIGH}" class="${side(series)}"/>${
            reach === undefined
              ? ''
              : html`<rect x="0" y="${y + HIGH / 2 - 0.5}" width="${long(reach)}" height="1" class="${side(series)}"/>`
          }`;
    },
  )}</svg>`;
}
