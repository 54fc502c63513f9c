/** One hop: what is required, what is so on the three axes, and its targets. */

import { html } from "hono/html";
import type { HopJson, StatusJson } from "../json/schemas.ts";
import { badge } from "./badge.ts";
import { findingList } from "./finding.ts";
import { ago, type Html, when } from "./html.ts";
import { targetBlock } from "./target.ts";
import {
  authenticationWords,
  encryptionWords,
  enforcementWords,
  fromName,
  hopSentence,
  requirementWords,
  tlsModeWords,
  toName,
} from "./words.ts";

export interface HopView {
  readonly hop: HopJson;
  /** Of the domain, shown on the hop behind the gateway; null where there is none. */
  readonly tlsMode: keyof typeof tlsModeWords | null;
  readonly anchor: string;
  readonly now: number;
  /** By target. */
  readonly scans: StatusJson["scans"];
}

export function hopSection({ hop, tlsMode, anchor, now, scans }: HopView): Html {
  return html`<section class="hop" id="${anchor}" aria-labelledby="${anchor}-title">
<h3 id="${anchor}-title">${badge(hop.verdict)} From ${fromName(hop)} to ${toName(hop)}</h3>
<p>${hopSentence(hop)}</p>
<dl class="axes">
<div><dt>Encryption</dt><dd>${encryptionWords[hop.encryption]}</dd></div>
<div><dt>Identity</dt><dd>${authenticationWords[hop.authentication]}</dd></div>
<div><dt>Enforcement</dt><dd>${enforcementWords[hop.enforcement]}</dd></div>
<div><dt>Required</dt><dd>${requirementWords[hop.require]}</dd></div>
${when(hop.kind === "downstream" && tlsMode !== null, () => html`<div><dt>Gateway's TLS mode</dt><dd>${tlsMode && tlsModeWords[tlsMode]}</dd></div>`)}
<div><dt>Last answer</dt><dd>${hop.lastSeen === null ? "none yet" : ago(hop.lastSeen, now)}${when(hop.stale, () => html` <strong>(stale)</strong>`)}</dd></div>
</dl>
${findingList(hop.findings)}
${hop.targets.map((target, index) => targetBlock(target, { id: `${anchor}-${index + 1}`, now, several: isSeenFromSeveral(hop), scan: scans[target.target] }))}
</section>`;
}

function isSeenFromSeveral({ targets }: HopJson): boolean {
  return new Set(targets.map(({ vantage }) => vantage)).size > 1;
}
