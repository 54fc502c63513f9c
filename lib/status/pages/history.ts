/** Availability of TLS per day, and what changed. */

import { html } from "hono/html";
import type { DayJson, HistoryEventJson, HistoryJson, HopAvailabilityJson } from "../json/schemas.ts";
import { ago, given, type Html, when } from "./html.ts";

const shownDays = 30;
const height = 24;

function percent(share: number): string {
  // 99.97 % is not 100 %: never round up to perfection.
  return share === 1 ? "100 %" : `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
}

function dayWords({ day, tls, clear, noAnswer, gap, share }: DayJson): string {
  const looks = tls + clear + noAnswer + gap;
  const parts = [share === null ? "no answer" : `TLS in ${percent(share)} of the answers`];
  if (noAnswer > 0) parts.push(`nobody answered ${percent(noAnswer / looks)} of the time`);
  if (gap > 0) parts.push(`not looked at ${percent(gap / looks)} of the time`);
  return `${day}: ${parts.join(", ")}`;
}

function bar(day: DayJson, index: number): Html {
  const x = index * 10;
  const { share, noAnswer } = day;
  const look = share === null ? (noAnswer > 0 ? "unknown" : "gap") : "secure";
  const bad = share === null || share === 1 ? 0 : Math.max(4, Math.round((1 - share) * height));
  return html`<g><title>${dayWords(day)}</title><rect class="day ${look}" x="${x}" y="0" width="8" height="${height}" rx="1.5"/>${when(bad > 0, () => html`<rect class="day lost" x="${x}" y="${height - bad}" width="8" height="${bad}" rx="1.5"/>`)}</g>`;
}

function total(days: readonly DayJson[]): string {
  const tls = days.reduce((sum, day) => sum + day.tls, 0);
  const answers = days.reduce((sum, day) => sum + day.tls + day.clear, 0);
  return answers === 0 ? "no answer yet" : percent(tls / answers);
}

function hopRow({ hop, days, targets }: HopAvailabilityJson): Html {
  const shown = days.slice(-shownDays);
  return html`<tr>
<th scope="row">${hop === "gateway" ? "Internet to gateway" : "Gateway to mail server"}</th>
<td class="figure">${total(shown)}</td>
<td><svg class="days" viewBox="0 0 ${shown.length * 10} ${height}" width="${shown.length * 10}" height="${height}" aria-hidden="true">${shown.map(bar)}</svg>
<details><summary>Day by day</summary>
<ul class="plain">${shown.toReversed().map((day) => html`<li>${dayWords(day)}</li>`)}</ul>
<p>Each server: ${targets.map(({ target, names, days: own }, index) => html`${index > 0 ? "; " : ""}${names[0] ?? target} (${target}) ${total(own.slice(-shownDays))}`)}</p>
</details></td>
</tr>`;
}

export function availabilitySection({ availability }: HistoryJson): Html {
  const known = availability.filter(({ days }) => days.length > 0);
  if (known.length === 0) return html``;
  return html`<section class="card" aria-labelledby="availability">
<h2 id="availability">Availability of TLS</h2>
<p class="muted">Share of the answers that offered TLS, day by day, at most ${shownDays} days. Red: answers in clear. Grey: nobody answered. Empty: we did not look.</p>
<div class="scroll" tabindex="0" role="region" aria-labelledby="availability">
<table class="wide">
<thead><tr><th scope="col">Hop</th><th scope="col">With TLS</th><th scope="col">Days, the newest last</th></tr></thead>
<tbody>${known.map(hopRow)}</tbody>
</table>
</div>
</section>`;
}

const kindWords = {
  answer: "answer",
  silence: "no answer",
  dns: "DNS",
  scan: "scan",
  vantage: "our own eyes",
} as const;

function change(event: HistoryEventJson): Html {
  if (event.kind === "vantage" || event.kind === "scan") return html`${event.what}`;
  if (event.kind !== "dns") {
    return html`${event.what}${given(event.certificate, ({ sha256, notAfter }) => html` <span class="muted">certificate ${sha256.slice(0, 12)}…, until ${notAfter.slice(0, 10)}</span>`)}`;
  }
  return html`${event.what}${when(event.came.length > 0, () => html` came: ${event.came.join(", ")}`)}${when(event.went.length > 0, () => html` went: ${event.went.join(", ")}`)}`;
}

/** `more` is the path of the next page of older changes. */
export function historySection(events: readonly HistoryEventJson[], more: string | null, now: number): Html {
  return html`<section class="card" aria-labelledby="history">
<h2 id="history">What changed</h2>
${
  events.length === 0
    ? html`<p class="muted">Nothing yet.</p>`
    : html`<div class="scroll" tabindex="0" role="region" aria-labelledby="history">
<table class="wide stack">
<thead><tr><th scope="col">When</th><th scope="col">Where</th><th scope="col">What</th></tr></thead>
<tbody>
${events.map((event) => html`<tr><td>${ago(event.at, now)}</td><td><span class="key">${event.subject}</span></td><td><span class="muted">${kindWords[event.kind]}:</span> ${change(event)}</td></tr>`)}
</tbody>
</table>
</div>`
}
${given(more, (path) => html`<p><a href="${path}">Older changes</a></p>`)}
</section>`;
}
