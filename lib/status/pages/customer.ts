/** The page of one customer. */

import { html } from "hono/html";
import { verdicts } from "../../model/verdict.ts";
import type { ChainJson, HistoryJson, IncidentJson, StatusJson } from "../json/schemas.ts";
import { badge } from "./badge.ts";
import { chainPicture } from "./chain.ts";
import { availabilitySection, historySection } from "./history.ts";
import { hopSection } from "./hop.ts";
import { ago, customerPath, given, type Html, incidentPath, when } from "./html.ts";
import { incidentTitle } from "./incidents.ts";
import { chainSentence } from "./words.ts";

export interface CustomerView {
  readonly status: StatusJson;
  readonly history: HistoryJson;
  /** Those of this customer that are open. */
  readonly incidents: readonly IncidentJson[];
  /** The only domain that is to be shown; null for the worst ones. */
  readonly domain: string | null;
  readonly now: number;
}

/** A customer may have hundreds of domains behind the same hops: that many are shown in full. */
const shownInFull = 10;

function chainSection(chain: ChainJson, number: number, now: number): Html {
  const anchor = (hop: ChainJson["hops"][number]) => `chain-${number}-${hop.kind}`;
  return html`<section class="card" aria-labelledby="chain-${number}">
<div class="title"><h2 id="chain-${number}">${chain.domain ?? "Mail handed on by the gateway"}</h2>${badge(chain.verdict)}</div>
<p class="lead">${chainSentence(chain)}</p>
${chainPicture(chain, anchor)}
${chain.hops.map((hop) => hopSection({ hop, tlsMode: chain.tlsMode, anchor: anchor(hop), now }))}
</section>`;
}

function otherChains(chains: readonly ChainJson[], id: string): Html {
  if (chains.length === 0) return html``;
  return html`<section class="card" aria-labelledby="others">
<h2 id="others">Other domains</h2>
<ul class="rows">
${chains.map(({ domain, verdict }) => html`<li>${badge(verdict)} <a href="${customerPath(id)}?domain=${encodeURIComponent(domain ?? "")}">${domain}</a></li>`)}
</ul>
</section>`;
}

function openIncidents(incidents: readonly IncidentJson[], now: number): Html {
  if (incidents.length === 0) return html``;
  return html`<section class="alert" aria-labelledby="open">
<h2 id="open">Open ${incidents.length === 1 ? "incident" : "incidents"}</h2>
<ul class="plain">
${incidents.map((incident) => html`<li><a href="${incidentPath(incident.id)}">${incident.id}</a> ${incidentTitle(incident)}: ${incident.host}, first seen ${ago(incident.since, now)}</li>`)}
</ul>
</section>`;
}

export function customerPage({ status, history, incidents, domain, now }: CustomerView): Html {
  const { id, verdict, chains, asOf } = status;
  const sorted = chains.toSorted((a, b) => verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict));
  const shown = domain === null ? sorted.slice(0, shownInFull) : sorted.filter((chain) => chain.domain === domain);
  const others = sorted.filter((chain) => !shown.includes(chain));
  const api = `/v1${customerPath(id)}`;
  return html`<div class="title"><h1>${id}</h1>${badge(verdict)}</div>
<p class="muted">${given(asOf, (at) => html`Last round of looks began ${ago(at, now)}. `)}${when(asOf === null, () => html`No round of looks has begun yet. `)}<a href="${api}">This page as JSON</a></p>
${openIncidents(incidents, now)}
${when(chains.length === 0, () => html`<p class="card">Nothing is watched for this customer yet: DNS has not been asked.</p>`)}
${shown.map((chain, index) => chainSection(chain, index + 1, now))}
${otherChains(others, id)}
${availabilitySection(history)}
${historySection(history.events, history.next && `${customerPath(id)}?before=${encodeURIComponent(history.next)}#history`, now)}`;
}
