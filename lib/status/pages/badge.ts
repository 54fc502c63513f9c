/** A verdict as colour, word and icon together: never by colour alone. */

import { html } from "hono/html";
import type { Verdict } from "../../model/verdict.ts";
import type { Html } from "./html.ts";
import { verdictIcons } from "./icons.ts";
import { meanings } from "./words.ts";

export function badge(verdict: Verdict): Html {
  return html`<span class="badge ${verdict}" title="${meanings[verdict]}">${verdictIcons[verdict]}${verdict}</span>`;
}
