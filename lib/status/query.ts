/** What may stand in a query, and the sentence for what may not. */

import * as z from "zod";

const limitMax = 200;
const limitDefault = 50;
const isoTime = z.iso.datetime({ offset: true });

export interface Page {
  readonly limit: number;
  /** Epoch ms: only what is older. Infinity for the newest. */
  readonly before: number;
}

export type PageQuery =
  | { readonly kind: "page"; readonly page: Page }
  | { readonly kind: "wrong"; readonly why: string };

export function readPage(limit: string | undefined, before: string | undefined): PageQuery {
  const rows = limit === undefined ? limitDefault : /^\d{1,4}$/.test(limit) ? Number(limit) : 0;
  if (rows < 1 || rows > limitMax) {
    return { kind: "wrong", why: `limit: '${limit}': expected a whole number from 1 to ${limitMax}` };
  }
  if (before !== undefined && !isoTime.safeParse(before).success) {
    return { kind: "wrong", why: `before: '${before}': expected a time such as 2026-11-24T12:00:00.000Z` };
  }
  return {
    kind: "page",
    page: { limit: rows, before: before === undefined ? Number.POSITIVE_INFINITY : Date.parse(before) },
  };
}

/** `text` where it is a path of this site, else nothing: a log-in must not send its reader elsewhere. */
export function ownPath(text: string): string | undefined {
  const base = "http://own.invalid";
  if (!text.startsWith("/") || !URL.canParse(text, base)) return undefined;
  const { origin, pathname, search } = new URL(text, base);
  return origin === base && !pathname.startsWith("//") ? pathname + search : undefined;
}
