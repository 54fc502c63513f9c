/** The list of incidents, and one of them. */

import { html } from "hono/html";
import { coverName } from "../../steps/words/cover.ts";
import { formWords } from "../../steps/words/headline.ts";
import { phrases } from "../../steps/words/phrases.ts";
import type { CoverJson, IncidentJson, SuspicionJson } from "../json/incident-schemas.ts";
import { findingList } from "./finding.ts";
import { ago, customerPath, given, type Html, incidentPath, when } from "./html.ts";
import { subjectWords } from "./words.ts";

const stateWords = { open: "open", recovering: "recovering", ended: "ended" } as const;

const messageWords = {
  opened: "opened",
  worse: "got worse",
  reminder: "still open",
  escalated: "nobody acknowledged it",
  flapping: "comes and goes",
  recovered: "recovered",
  gone: "no longer in use or required",
} as const;

/** What it is in a few words, as in the subject line of its messages. */
export function incidentTitle({ neverOffered, class: cls, form, drill }: IncidentJson): string {
  const words = neverOffered && cls === "cleartext" ? "TLS never offered" : `${phrases[cls].title}${formWords[form]}`;
  return drill ? `Drill: ${words}` : words;
}

function stateBadge({ state, severity }: IncidentJson): Html {
  const look = state === "ended" ? "ended" : severity;
  return html`<span class="state ${look}">${stateWords[state]}</span>`;
}

/** Rows for the list, also shown on the operator's start page. */
export function incidentTable(incidents: readonly IncidentJson[], now: number): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Incidents">
<table class="wide stack">
<thead><tr><th scope="col">State</th><th scope="col">Incident</th><th scope="col">Where</th><th scope="col">Since</th></tr></thead>
<tbody>
${incidents.map(
  (incident) => html`<tr>
<td>${stateBadge(incident)}${when(incident.acknowledged !== null, () => html`<br><span class="muted">acknowledged</span>`)}${when(incident.silenced !== null, () => html`<br><span class="muted">silenced</span>`)}</td>
<td><a href="${incidentPath(incident.id)}">${incident.id}</a> ${incidentTitle(incident)}</td>
<td>${incident.host} <br><span class="muted">${subjectWords(incident.subject)}</span></td>
<td>${ago(incident.since, now)}</td>
</tr>`,
)}
</tbody>
</table>
</div>`;
}

interface Listed {
  readonly incidents: readonly IncidentJson[];
  readonly suspected: readonly SuspicionJson[];
}

/** What was seen and is being looked at again before anybody is told. */
export function suspicionList(suspected: readonly SuspicionJson[], now: number): Html {
  return html`<ul class="plain">
${suspected.map(({ class: cls, host, since, drill }) => html`<li>${drill ? "Drill: " : ""}${phrases[cls].title}: ${host}, first seen ${ago(since, now)}. It is looked at again before anybody is told.</li>`)}
</ul>`;
}

export function incidentsPage({ incidents, suspected }: Listed, now: number): Html {
  const open = incidents.filter(({ state }) => state !== "ended");
  const ended = incidents.filter(({ state }) => state === "ended");
  return html`<h1>Incidents</h1>
<section class="card" aria-labelledby="open"><h2 id="open">Open</h2>
${open.length === 0 ? html`<p>None. Every hop is as it is required.</p>` : incidentTable(open, now)}
</section>
${when(
  suspected.length > 0,
  () =>
    html`<section class="card" aria-labelledby="suspected"><h2 id="suspected">Suspected</h2>${suspicionList(suspected, now)}</section>`,
)}
${when(
  ended.length > 0,
  () =>
    html`<section class="card" aria-labelledby="ended"><h2 id="ended">Ended</h2>${incidentTable(ended, now)}</section>`,
)}`;
}

/** `Held back by a silence of ops until 2026-11-24 18:00 UTC: new certificate.` */
function coverWords(cover: CoverJson): string {
  const { until, reason } = cover;
  return `Held back by ${coverName(cover)} until ${until.slice(0, 10)} ${until.slice(11, 16)} UTC: ${reason}.`;
}

function recipients({ to, held }: IncidentJson["messages"][number], { state, within }: IncidentJson): string {
  const nobody =
    within !== null ? ", told by the incident it is within" : state === "ended" ? ", to nobody" : ", not sent yet";
  const whom = to === null ? "" : to.length > 0 ? `, to ${to.join(", ")}` : nobody;
  return held === null ? whom : `${whom}. ${coverWords(held)}`;
}

function acknowledgement(incident: IncidentJson, mayAcknowledge: boolean, now: number): Html {
  const { acknowledged, id, state } = incident;
  if (acknowledged !== null) return html`<p>Acknowledged by ${acknowledged.by}, ${ago(acknowledged.at, now)}.</p>`;
  if (!mayAcknowledge || state === "ended") return html``;
  return html`<form class="inline" method="post" action="${incidentPath(id)}/acknowledge">
<label for="by">Your name</label> <input id="by" name="by" maxlength="80" autocomplete="name">
<button>Acknowledge</button>
<p class="muted">Stops the reminders. If it gets worse, everybody is told again.</p>
</form>`;
}

/** Side by side where several vantages look. */
function transcripts({ lines, sightings }: IncidentJson): Html {
  if (sightings.length === 0)
    return html`${when(lines.length > 0, () => html`<pre tabindex="0">${lines.join("\n")}</pre>`)}`;
  return html`${sightings.map(
    (seen) => html`<h3>Seen from ${seen.vantage}${seen.answer === "good" ? ": as required" : ""}</h3>
<pre tabindex="0">${seen.lines.join("\n")}</pre>`,
  )}`;
}

const hopPlaces = {
  gateway: "the gateway's side",
  downstream: "behind the gateway",
  shared: "on several hops",
  none: "nowhere on a mail's way: it is the monitor's own",
} as const;

const sharedWords = {
  address: "Shared address",
  certificate: "Shared certificate",
  "mx-set": "Shared MX hosts",
  provider: "Shared provider",
  vantage: "Seen from one vantage",
} as const;

/** What is told once for several, and what is told by another. */
function family({ parent, within }: IncidentJson, relatives: readonly IncidentJson[], now: number): Html {
  if (parent === null && within === null) return html``;
  return html`<section class="card" aria-labelledby="family"><h2 id="family">${within === null ? "What shares it" : "Told within another"}</h2>
${given(parent, ({ kind, label, children, suffering }) => html`<p>${sharedWords[kind]} <strong>${label}</strong>: ${suffering} of ${children} targets suffer, and are told of here, once.</p>`)}
${given(within, (subject) => html`<p>The operators are told of it by the incident of ${subject}, once for all that share it.</p>`)}
${when(relatives.length > 0, () => incidentTable(relatives, now))}
</section>`;
}

/** The parent of an incident, or the children of one. */
export function relativesOf({ parent, within, ...one }: IncidentJson, all: readonly IncidentJson[]): IncidentJson[] {
  return all.filter((other) => {
    if (other.class !== one.class || (one.state === "ended") !== (other.state === "ended")) return false;
    return parent === null ? within !== null && other.subject === within : other.within === one.subject;
  });
}

export interface IncidentView {
  readonly incident: IncidentJson;
  readonly relatives: readonly IncidentJson[];
  readonly mayAcknowledge: boolean;
  readonly now: number;
}

export function incidentPage({ incident, relatives, mayAcknowledge, now }: IncidentView): Html {
  const { id, host, subject, hop, parent, since, openedAt, endedAt, ended, customers, customer, findings } = incident;
  return html`<div class="title"><h1>${incidentTitle(incident)}: ${host}</h1>${stateBadge(incident)}</div>
<section class="card">
${when(incident.drill, () => html`<p><strong>This is a drill.</strong> Nothing is wrong: it was made up to see whom messages reach.</p>`)}
<dl class="facts">
<div><dt>Incident</dt><dd>${id}</dd></div>
<div><dt>Where</dt><dd>${host} <span class="muted">${subjectWords(subject)}</span>, ${hopPlaces[hop ?? (parent === null ? "none" : "shared")]}</dd></div>
<div><dt>First seen</dt><dd>${ago(since, now)}</dd></div>
<div><dt>Confirmed</dt><dd>${ago(openedAt, now)}</dd></div>
${given(endedAt, (at) => html`<div><dt>Ended</dt><dd>${ago(at, now)}${ended === "gone" ? ": no longer in use or required, which is not recovered" : ""}</dd></div>`)}
${given(customers, (count) => html`<div><dt>Customers</dt><dd>${count}${given(customer, (one) => html`: <a href="${customerPath(one)}">${one}</a>`)}</dd></div>`)}
</dl>
${given(incident.silenced, (cover) => html`<p>${coverWords(cover)} Nobody is told before, and then only if it still holds.</p>`)}
${acknowledgement(incident, mayAcknowledge, now)}
</section>
${family(incident, relatives, now)}
<section class="card" aria-labelledby="evidence"><h2 id="evidence">What was seen</h2>
${findingList(findings)}
${transcripts(incident)}
</section>
<section class="card" aria-labelledby="told"><h2 id="told">Who was told</h2>
${
  incident.messages.length === 0
    ? html`<p class="muted">Nobody yet.</p>`
    : html`<ul class="plain">
${incident.messages.map((message) => html`<li>${ago(message.at, now)}: <strong>${messageWords[message.kind]}</strong>${recipients(message, incident)}</li>`)}
</ul>`
}
</section>`;
}
