/** The page of one customer. */

import { html } from "hono/html";
import { ownPathWords } from "../../judge/own-path.ts";
import { verdicts } from "../../model/verdict.ts";
import type { IncidentJson, SuspicionJson } from "../json/incident-schemas.ts";
import type { ChainJson, HistoryJson, StatusJson } from "../json/schemas.ts";
import { badge } from "./badge.ts";
import { chainPicture } from "./chain.ts";
import { availabilitySection, historySection } from "./history.ts";
import { hopSection } from "./hop.ts";
import { ago, customerPath, given, type Html, incidentPath, when } from "./html.ts";
import { incidentTitle, suspicionList } from "./incidents.ts";
import { chainSentence } from "./words.ts";

export interface CustomerView {
  readonly status: StatusJson;
  readonly history: HistoryJson;
  /** Those of this customer. */
  readonly incidents: readonly IncidentJson[];
  readonly suspected: readonly SuspicionJson[];
  /** Its contacts that are told by the watched path alone. */
  readonly onOwnPath: readonly string[];
  /** The only domain that is to be shown; null for the worst ones. */
  readonly domain: string | null;
  readonly now: number;
}

/** A customer may have hundreds of domains behind the same hops: that many are shown in full. */
const shownInFull = 10;

function chainSection(chain: ChainJson, number: number, { status, now }: CustomerView): Html {
  const anchor = (hop: ChainJson["hops"][number]) => `chain-${number}-${hop.kind}`;
  return html`<section class="card" aria-labelledby="chain-${number}">
<div class="title"><h2 id="chain-${number}">${chain.domain ?? "Mail handed on by the gateway"}</h2>${badge(chain.verdict)}</div>
<p class="lead">${chainSentence(chain)}</p>
${chainPicture(chain, anchor)}
${chain.hops.map((hop) => hopSection({ hop, tlsMode: chain.tlsMode, anchor: anchor(hop), now, scans: status.scans }))}
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

/** An end is shown for a day beside the present state. */
const endedShownMs = 86_400_000;

function notice(tone: string, id: string, title: string, body: Html): Html {
  return html`<section class="alert ${tone}" aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${body}</section>`;
}

function incidentLines(incidents: readonly IncidentJson[], line: (incident: IncidentJson) => Html): Html {
  return html`<ul class="plain">
${incidents.map((incident) => html`<li><a href="${incidentPath(incident.id)}">${incident.id}</a> ${incidentTitle(incident)}: ${incident.host}, ${line(incident)}</li>`)}
</ul>`;
}

/** What is suspected, open, recovering or was over not long ago: the arc of an incident as it goes. */
function notices({ incidents, suspected, now }: CustomerView): Html {
  const open = incidents.filter(({ state }) => state === "open");
  const recovering = incidents.filter(({ state }) => state === "recovering");
  const ended = incidents.filter(({ endedAt }) => endedAt !== null && now - Date.parse(endedAt) < endedShownMs);
  const since = (incident: IncidentJson) => html`first seen ${ago(incident.since, now)}`;
  return html`${when(suspected.length > 0, () => notice("warning", "suspected", "Suspected", suspicionList(suspected, now)))}
${when(open.length > 0, () => notice("critical", "open", "Open", incidentLines(open, since)))}
${when(recovering.length > 0, () =>
  notice(
    "warning",
    "recovering",
    "Recovering",
    incidentLines(
      recovering,
      (incident) => html`${since(incident)}; answers are good again, and must stay so for a while`,
    ),
  ),
)}
${when(ended.length > 0, () =>
  notice(
    "info",
    "ended",
    "Over",
    incidentLines(
      ended,
      ({ ended: how, endedAt }) =>
        html`${how === "gone" ? "no longer in use or required" : "recovered"}${given(endedAt, (at) => html` ${ago(at, now)}`)}`,
    ),
  ),
)}`;
}

export function customerPage(view: CustomerView): Html {
  const { status, history, onOwnPath, domain, now } = view;
  const { id, verdict, chains, asOf, unsubscribed } = status;
  const sorted = chains.toSorted((a, b) => verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict));
  const shown = domain === null ? sorted.slice(0, shownInFull) : sorted.filter((chain) => chain.domain === domain);
  const others = sorted.filter((chain) => !shown.includes(chain));
  const api = `/v1${customerPath(id)}`;
  return html`<div class="title"><h1>${id}</h1>${badge(verdict)}</div>
<p class="muted">${given(asOf, (at) => html`Last round of looks began ${ago(at, now)}. `)}${when(asOf === null, () => html`No round of looks has begun yet. `)}<a href="${api}">This page as JSON</a></p>
${notices(view)}
${when(onOwnPath.length > 0, () => notice("warning", "own-path", "Told by this path alone", html`<p>${ownPathWords("Contacts", onOwnPath)}.</p>`))}
${when(unsubscribed.length > 0, () => notice("warning", "unsubscribed", "Unsubscribed", html`<p>${unsubscribed.join(", ")}: gets no messages any more, by its reader's own wish. The link in any of its messages subscribes it again.</p>`))}
${when(chains.length === 0, () => html`<p class="card">Nothing is watched for this customer yet: DNS has not been asked.</p>`)}
${shown.map((chain, index) => chainSection(chain, index + 1, view))}
${otherChains(others, id)}
${availabilitySection(history)}
${historySection(history.events, history.next && `${customerPath(id)}?before=${encodeURIComponent(history.next)}#history`, now)}`;
}
