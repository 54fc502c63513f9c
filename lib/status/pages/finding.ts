/** Findings with what they mean for the mail and what to do. */

import { html } from "hono/html";
import type { FindingJson } from "../json/pieces.ts";
import { type Html, when } from "./html.ts";

const labels = { info: "note", warning: "warning", critical: "critical" } as const;

/** `mail goes in clear` → `Mail goes in clear.` */
function sentence(words: string): string {
  const start = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}

export function findingList(findings: readonly FindingJson[]): Html {
  if (findings.length === 0) return html``;
  return html`<ul class="findings">
${findings.map(
  ({ code, severity, consequence, advice, evidence }) => html`<li class="finding ${severity}">
<p><span class="severity">${labels[severity]}</span> <code>${code}</code></p>
<p><strong>${sentence(consequence)}</strong> ${sentence(advice)}</p>
${when(evidence.length > 0, () => html`<pre tabindex="0">${evidence.join("\n")}</pre>`)}
</li>`,
)}
</ul>`;
}
