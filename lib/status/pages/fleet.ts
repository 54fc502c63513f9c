/** The operator's start page: customers by verdict, worst first, and what is open. */

import { html } from "hono/html";
import { verdicts } from "../../model/verdict.ts";
import type { IncidentJson } from "../json/incident-schemas.ts";
import type { FleetJson } from "../json/schemas.ts";
import { badge } from "./badge.ts";
import { ago, customerPath, given, type Html, when } from "./html.ts";
import { incidentTable } from "./incidents.ts";
import { meanings } from "./words.ts";

export interface FleetView {
  readonly fleet: FleetJson;
  readonly open: readonly IncidentJson[];
  /** What was searched for, and the ids found; null where nothing was. */
  readonly search: { readonly text: string; readonly found: readonly string[]; readonly more: boolean } | null;
  readonly now: number;
}

function counts({ customers }: FleetJson): Html {
  return html`<ul class="counts">
${verdicts.map((verdict) => html`<li class="${customers.byVerdict[verdict] === 0 ? "none" : ""}" title="${meanings[verdict]}"><strong>${customers.byVerdict[verdict]}</strong>${badge(verdict)}</li>`)}
</ul>`;
}

function results({ search }: FleetView): Html {
  return given(
    search,
    ({ text, found, more }) => html`<h3>Customers whose id contains “${text}”</h3>
${when(found.length === 0, () => html`<p>None.</p>`)}
<ul class="rows">${found.map((id) => html`<li><a href="${customerPath(id)}">${id}</a></li>`)}</ul>
${when(more, () => html`<p class="muted">There are more: search for a longer part of the id.</p>`)}`,
  );
}

/** Said first: while a vantage is blind, what the page shows of its servers is old. */
function unseeing({ fleet, now }: FleetView): Html {
  const off = fleet.vantages.filter(({ sight }) => sight !== "sighted");
  return when(
    off.length > 0,
    () => html`<section class="card" aria-labelledby="eyes"><h2 id="eyes">Our own eyes</h2>
<ul class="plain">${off.map(({ id, sight, since, why }) => html`<li><strong>${id}</strong> is ${sight} ${given(since, (at) => html`since ${ago(at, now)}`)}: ${why}. What it reports is not believed, and what is known of its servers gets old.</li>`)}</ul></section>`,
  );
}

export function fleetPage(view: FleetView): Html {
  const { fleet, open, search, now } = view;
  const { customers, worst, lastCycle, vantages } = fleet;
  return html`<h1>Customers</h1>
<p class="muted">${lastCycle === null ? html`No round of looks has begun yet. ` : html`Last round of looks began ${ago(lastCycle.at, now)}. `}${vantages.map(({ id, targets }) => html`${targets} ${targets === 1 ? "server" : "servers"} seen from ${id}. `)}<a href="/v1/fleet">This page as JSON</a></p>
${unseeing(view)}
${when(
  open.length > 0,
  () =>
    html`<section class="card" aria-labelledby="open"><h2 id="open">Open incidents</h2>${incidentTable(open, now)}</section>`,
)}
<section class="card" aria-labelledby="verdicts">
<h2 id="verdicts">${customers.total} ${customers.total === 1 ? "customer" : "customers"}</h2>
${counts(fleet)}
${when(customers.judged < customers.total, () => html`<p class="muted">${customers.judged} of them were judged for this page; the rest can be searched for.</p>`)}
<form class="inline" method="get" action="/" role="search">
<label for="q">Find a customer</label> <input id="q" name="q" type="search" maxlength="100" value="${search?.text ?? ""}">
<button>Find</button>
</form>
${results(view)}
${when(
  search === null && worst.length > 0,
  () => html`<ul class="rows">
${worst.map(({ id, verdict }) => html`<li>${badge(verdict)} <a href="${customerPath(id)}">${id}</a></li>`)}
</ul>
${when(worst.length < customers.total, () => html`<p class="muted">The ${worst.length} worst are shown.</p>`)}`,
)}
${when(customers.total === 0, () => html`<p>No customers yet: write a customers file and run <code>chainmail customers import</code>.</p>`)}
</section>`;
}
