/** The frame of every page: no script, no resource from another server, readable on a small phone at night. */
import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/**
 * Uses system fonts only, because a page must not wait for a font on a weak signal. In the light and the dark theme, text has a
 * contrast of 4.5 to its background, and the edges of controls have one of 3 (WCAG 2.2, 1.4.3 and 1.4.11). A label is at least as
 * wide as its longest word, so that a small phone does not break it.
 */
const STYLE = `
:root { color-scheme: light dark; --ink: #16202a; --soft: #5a6772; --line: #d5dbe0; --edge: #7d8a96; --paper: #fff; --ground: #f3f5f7; --go: #0b5f4a; --stop: #8a2b20; }
@media (prefers-color-scheme: dark) { :root { --ink: #e9edf0; --soft: #a3b0ba; --line: #34414b; --edge: #6b7a86; --paper: #18222b; --ground: #0f161c; --go: #23806a; --stop: #e0705f; } }
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1.0625rem/1.55 system-ui, "Noto Sans", "Noto Sans Khmer", "Khmer OS", sans-serif }
main { max-width: 40rem; margin: 0 auto; padding: 1.25rem }
section { background: var(--paper); border: 1px solid var(--line); border-radius: .6rem; padding: 1.1rem 1.2rem; margin: 0 0 1rem }
h1 { font-size: 1.35rem; line-height: 1.4; margin: 0 0 .4rem } h2 { font-size: 1.05rem; margin: 1.2rem 0 .3rem }
section > :first-child { margin-top: 0 } section > :last-child { margin-bottom: 0 }
dl { margin: 0; display: grid; grid-template-columns: minmax(min-content, 38%) 1fr; gap: .3rem 1rem } dl + dl { margin-top: .3rem } dt { color: var(--soft); max-width: min(45vw, 16rem); overflow-wrap: break-word } dd { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere }
button { font: inherit; font-weight: 600; min-height: 3rem; width: 100%; border: 0; border-radius: .5rem; background: var(--go); color: #fff; padding: .6rem 1rem; margin-top: .6rem }
button.file { background: transparent; color: var(--ink); border: 1px solid var(--edge); text-align: start; font-weight: 400; overflow-wrap: anywhere }
button.stop { background: transparent; color: var(--stop); border: 1px solid var(--stop) }
input, select { font: inherit; width: 100%; min-height: 3rem; margin-top: .2rem; border: 1px solid var(--edge); border-radius: .5rem; padding: .4rem; background: var(--paper); color: var(--ink) }
label { display: block; margin-top: .8rem } input[type=password] { letter-spacing: .3em }
a.go { display: block; text-align: center; font-weight: 600; border-radius: .5rem; background: var(--go); color: #fff; padding: .8rem 1rem; text-decoration: none } .code svg { display: block; max-width: 15rem; width: 100%; height: auto; background: #fff } code { overflow-wrap: anywhere }
details > summary { color: var(--stop); min-height: 2.5rem; padding: .5rem 0; cursor: pointer } .urgent { color: var(--stop); font-weight: 700 } .soft { color: var(--soft) }
.same { display: none; border-color: var(--go) } .same:target { display: block }
@media (max-width: 30rem) { main { padding: .6rem } section { padding: .9rem .8rem; margin-bottom: .7rem } dl { gap: .3rem .7rem } }
`;

/** Content Security Policy: no script, no frame, no resource; forms post to this gateway only. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

export const PAGE_HEADERS = {
  'content-security-policy': POLICY,
  'cache-control': 'no-store',
  'x-robots-tag': 'noindex, nofollow',
} as const;

/** Renders a whole page in the reader's language. */
export const renderPage = (lang: string, title: string, content: Html): Html => html`<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${raw(STYLE)}</style>
</head>
<body><main>${content}</main></body>
</html>`;

/** Renders pairs of label and value. */
export const renderFacts = (rows: readonly (readonly [string, Html | string])[]): Html =>
  html`<dl>${rows.map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`)}</dl>`;
