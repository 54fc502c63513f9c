/** What a target would accept besides what a modern sender gets: by version, with what the standards say of it. */

import { html } from "hono/html";
import type { ScannedSuiteJson } from "../json/scan-schemas.ts";
import type { TargetScanJson } from "../json/schemas.ts";
import { ago, given, type Html, when } from "./html.ts";

type Protocol = TargetScanJson["protocols"][number];
type Grade = NonNullable<TargetScanJson["grades"]>[number];

/** More stand behind a click. */
const shownSuites = 12;
/** Older, it is no news. */
const throttledShownMs = 2 * 86_400_000;

const orders = {
  server: "in the server's order",
  client: "in the client's order",
  chacha20: "in the server's order, but ChaCha20 for clients that like it best",
} as const;

function gist({ protocols, score, incomplete }: TargetScanJson): string {
  const spoken = protocols.filter(({ accepted }) => accepted).map(({ name }) => name);
  const named = spoken.length === 0 ? "nothing known yet" : spoken.toReversed().join(", ");
  if (incomplete !== null) return `${named}, and perhaps more`;
  return score === null ? named : `${named} · score ${score} of 100`;
}

function suiteWords(suite: ScannedSuiteJson): string {
  const { bits, cipher, forwardSecret, authentication, integrity, export: isExport } = suite;
  return [
    bits === null ? "" : `${bits} bits`,
    isExport ? "export" : "",
    authentication === "anonymous" ? "anonymous" : "",
    forwardSecret === false ? "no forward secrecy" : "",
    cipher?.includes("CBC") ? "CBC" : "",
    integrity === null || integrity === "AEAD" ? "" : `HMAC-${integrity}`,
  ]
    .filter((word) => word !== "")
    .join(", ");
}

function suiteRow(suite: ScannedSuiteJson): Html {
  const { code, openssl } = suite;
  return html`<li><code>${openssl ?? code}</code> <span class="muted">${suiteWords(suite)}</span></li>`;
}

function suiteList(suites: readonly ScannedSuiteJson[], depth: TargetScanJson["depth"]): Html {
  if (suites.length === 0) return html``;
  const list = html`<ul class="plain">${suites.map(suiteRow)}</ul>`;
  const what = depth === "grade" ? "seen" : "in all";
  return suites.length <= shownSuites
    ? list
    : html`<details><summary>${suites.length} suites ${what}</summary>${list}</details>`;
}

function protocolRow(protocol: Protocol, depth: TargetScanJson["depth"]): Html {
  const { name, accepted, preference, instead, suites, incomplete } = protocol;
  const answer = accepted === null ? "not known" : accepted ? "yes" : "no";
  return html`<tr><th scope="row">${name}</th><td>${answer}${given(instead, (other) => html`, answers with ${other}`)}${given(preference, (one) => html`<br><span class="muted">${orders[one]}</span>`)}</td><td>${suiteList(suites, depth)}${given(incomplete, (why) => html`<p class="muted">Perhaps more: ${why}</p>`)}</td></tr>`;
}

function gradeRow({ name, source, level, criteria }: Grade): Html {
  const worst = criteria.filter((each) => each.level === level);
  const because = worst.length === criteria.length ? [] : worst.slice(0, 3);
  return html`<tr><th scope="row"><a href="${source}" rel="noreferrer">${name}</a></th><td>${level}</td><td>${when(because.length === 0, () => html`<span class="muted">all of it</span>`)}${because.map(({ observed, section }, at) => html`${at > 0 ? ", " : ""}${observed} <span class="muted">(${section})</span>`)}</td></tr>`;
}

function primeWords({ dhPrimes }: TargetScanJson): string {
  return dhPrimes.map(({ bits, known }) => `${bits} bits${known === null ? "" : ` (${known})`}`).join(", ");
}

/** `target` names it for those who can't see where it stands. */
export function scanBlock(scan: TargetScanJson, target: string, now: number): Html {
  const { since, changed, throttled, depth, protocols, groups, grades, dhPrimes } = scan;
  const isThrottled = throttled !== null && now - Date.parse(throttled.at) < throttledShownMs;
  return html`<details class="scan">
<summary>What it would accept: ${gist(scan)}</summary>
<p class="muted">Found ${ago(since, now)}; what differs is noticed when it is asked for again. ${depth === "grade" ? "Of suites and groups only the worst is asked for, and what the server likes best." : ""}</p>
${given(changed, ({ at, changes }) => html`<p>Changed ${ago(at, now)}: ${changes.join("; ")}.</p>`)}
${when(isThrottled, () => html`${given(throttled, ({ at, how }) => html`<p><strong>throttled</strong> ${ago(at, now)}: ${how}. What is known so far is shown; the server is left alone for a while.</p>`)}`)}
${given(
  grades,
  (all) => html`<div class="scroll" tabindex="0" role="region" aria-label="Grades of ${target}">
<table class="wide"><caption>Grades</caption>
<thead><tr><th scope="col">Standard</th><th scope="col">Level</th><th scope="col">Because of</th></tr></thead>
<tbody>${all.map(gradeRow)}</tbody></table></div>`,
)}
<div class="scroll" tabindex="0" role="region" aria-label="Protocols of ${target}">
<table class="wide"><caption>Protocols and suites</caption>
<thead><tr><th scope="col">Version</th><th scope="col">Accepted</th><th scope="col">Suites</th></tr></thead>
<tbody>${protocols.toReversed().map((protocol) => protocolRow(protocol, depth))}</tbody></table></div>
<dl class="facts">
${when(groups.length > 0, () => html`<div><dt>Groups</dt><dd>${groups.map(({ name, code }) => name ?? code).join(", ")}</dd></div>`)}
${when(dhPrimes.length > 0, () => html`<div><dt>DH primes</dt><dd>${primeWords(scan)}</dd></div>`)}
</dl>
</details>`;
}
