/** Small pieces that all pages are made of. `html` escapes what it is given; nothing here goes round it. */

import { html } from "hono/html";
import { span } from "../../steps/words/time.ts";

export type Html = ReturnType<typeof html>;

const nothing = html``;

/** `render(value)`, or nothing where there is no value. */
export function given<T>(value: T | null | undefined, render: (value: T) => Html): Html {
  return value === null || value === undefined ? nothing : render(value);
}

export function when(condition: boolean, render: () => Html): Html {
  return condition ? render() : nothing;
}

/**
 * A finished page in which control characters, and those that turn the direction of writing (they could make one
 * host name look like another), are shown by their code. They can only have come from the wire.
 */
export function visible(page: string): string {
  return page.replace(
    /[^\P{Cc}\n\t]|[\p{Bidi_Control}\u2028\u2029\ufeff]/gu,
    (c) => `\\u{${c.codePointAt(0)?.toString(16).padStart(2, "0")}}`,
  );
}

/** A time as an age, with the moment itself (UTC) for machines, print and whoever points at it. */
export function ago(time: string, now: number): Html {
  const age = now - Date.parse(time);
  const moment = `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`;
  const words = age < 0 ? moment : `${span(age)} ago`;
  return html`<time datetime="${time}" title="${moment}">${words}<span class="print"> (${moment})</span></time>`;
}

export function customerPath(id: string): string {
  return `/customers/${encodeURIComponent(id)}`;
}

export function incidentPath(id: string): string {
  return `/incidents/${encodeURIComponent(id)}`;
}
