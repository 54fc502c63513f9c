import { html } from "hono/html";
import type { Html } from "./html.ts";
import { layout } from "./layout.ts";

export interface Problem {
  readonly status: number;
  readonly title: string;
  /** One sentence for the reader. */
  readonly detail: string;
}

export function problemPage({ status, title, detail }: Problem): Html {
  const frame = { title, reader: null, refresh: null, version: "" };
  return layout(
    frame,
    html`<h1>${title}</h1><p>${detail}</p><p class="muted">Status ${status}. <a href="/">Back to the start</a></p>`,
  );
}
