/** The chain as a picture of its hops: a list of places and the legs between them, readable without any style. */

import { html } from "hono/html";
import type { ChainJson, HopJson } from "../json/schemas.ts";
import { badge } from "./badge.ts";
import type { Html } from "./html.ts";
import { nodeIcons } from "./icons.ts";
import { fromName, isDisabled, toName } from "./words.ts";

interface Place {
  readonly icon: keyof typeof nodeIcons;
  readonly name: string;
  readonly role: string;
}

function start(hop: HopJson): Place {
  return hop.kind === "gateway"
    ? { icon: "internet", name: "Internet", role: "all senders" }
    : { icon: "gateway", name: "Gateway", role: hop.from };
}

/** Where no gateway is named, the first hop ends at the domain's own exchanges. */
function end(hop: HopJson, domain: string | null): Place {
  return hop.kind === "gateway"
    ? { icon: "gateway", name: hop.to === domain ? "Mail exchange" : "Gateway", role: hop.to }
    : { icon: "server", name: "Mail server", role: hosts(hop) };
}

function hosts({ targets, to }: HopJson): string {
  const names = [...new Set(targets.map(({ name, address }) => name ?? address))];
  const more = names.length > 1 ? ` and ${names.length - 1} more` : "";
  return names[0] === undefined ? to : `${names[0]}${more}`;
}

/** What a leg shows under its verdict: the protocols seen, or what is missing. */
function legNote(hop: HopJson): string {
  if (!hop.counts) return "not judged";
  if (hop.verdict === "lost") return isDisabled(hop) ? "TLS mode disabled" : "in clear";
  const known = hop.targets.find(({ lastKnown }) => lastKnown !== null)?.lastKnown;
  if (hop.verdict === "stale" && known) return `last known: ${known}`;
  const protocols = [...new Set(hop.targets.flatMap(({ tls }) => (tls === null ? [] : [tls.protocol])))].sort();
  return protocols.length === 0 ? "no answer yet" : protocols.join(", ");
}

function place({ icon, name, role }: Place): Html {
  return html`<li class="place">${nodeIcons[icon]}<strong>${name}</strong><span class="muted">${role}</span></li>`;
}

function leg(hop: HopJson, anchor: string): Html {
  return html`<li class="leg ${hop.verdict}">
<a href="#${anchor}"><span class="unseen">Hop from ${fromName(hop)} to ${toName(hop)}: </span>${badge(hop.verdict)}<span class="note">${legNote(hop)}</span></a>
</li>`;
}

/** `anchor` names the section of each hop on the same page. */
export function chainPicture({ hops, domain }: ChainJson, anchor: (hop: HopJson) => string): Html {
  const first = hops[0];
  if (first === undefined) return html``;
  return html`<ol class="chain" aria-label="The way of the mail">
${place(start(first))}
${hops.map((hop) => html`${leg(hop, anchor(hop))}${place(end(hop, domain))}`)}
</ol>`;
}
