/** Icons as inline SVG: no image is fetched, and none stands without its word beside it. */

import { html } from "hono/html";
import type { Verdict } from "../../model/verdict.ts";
import type { Html } from "./html.ts";

function icon(shape: Html): Html {
  return html`<svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">${shape}</svg>`;
}

const closed = html`<path class="line" d="M6.5 9V6.5a3.5 3.5 0 0 1 7 0V9"/><rect class="fill" x="4" y="9" width="12" height="8.5" rx="1.8"/>`;
const open = html`<path class="line" d="M6.5 9V6a3.5 3.5 0 0 1 6.7-1.4"/><rect class="fill" x="4" y="9" width="12" height="8.5" rx="1.8"/>`;

export const verdictIcons: Readonly<Record<Verdict, Html>> = {
  secure: icon(html`${closed}<path class="cut" d="m7.3 13.2 2 2 3.5-3.7"/>`),
  unverified: icon(html`${closed}<path class="cut" d="M8.4 12a1.6 1.6 0 1 1 2.3 1.4q-.7.4-.7 1v.1M10 16.1v.1"/>`),
  weak: icon(html`${closed}<path class="cut" d="M10 10.8v3M10 15.8v.1"/>`),
  lost: icon(html`${open}<path class="cut" d="m8 11.3 4 4m0-4-4 4"/>`),
  unknown: icon(
    html`<circle class="line" cx="10" cy="10" r="7.3"/><path class="line" d="M7.9 8a2.1 2.1 0 1 1 3 1.9q-.9.5-.9 1.4v.3M10 14v.1"/>`,
  ),
  stale: icon(html`<circle class="line" cx="10" cy="10" r="7.3"/><path class="line" d="M10 5.8V10l2.8 2"/>`),
};

export const nodeIcons = {
  internet: icon(
    html`<circle class="line" cx="10" cy="10" r="7.3"/><path class="line" d="M2.7 10h14.6M10 2.7c4.4 4.4 4.4 10.2 0 14.6M10 2.7c-4.4 4.4-4.4 10.2 0 14.6"/>`,
  ),
  gateway: icon(
    html`<path class="line" d="M10 2.5 3.7 4.8v4.7c0 4 2.6 6.7 6.3 8 3.7-1.3 6.3-4 6.3-8V4.8z"/><path class="line" d="M7 10h6m-2-2 2 2-2 2"/>`,
  ),
  server: icon(
    html`<rect class="line" x="3" y="3" width="14" height="6" rx="1.5"/><rect class="line" x="3" y="11" width="14" height="6" rx="1.5"/><path class="line" d="M6 6h.1M6 14h.1M9.5 6h4.5M9.5 14h4.5"/>`,
  ),
} as const;

export const favicon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0f5c4d"/><g fill="none" stroke="#fff" stroke-width="3"><rect x="4.5" y="11" width="13" height="10" rx="5"/><rect x="14.5" y="11" width="13" height="10" rx="5"/></g></svg>`;
