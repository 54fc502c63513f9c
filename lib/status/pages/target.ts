/** One dialled address: what it spoke, who it proved to be, what is wrong, and the conversation itself. */

import { html } from "hono/html";
import { span } from "../../steps/words/time.ts";
import type { CertificateJson, TargetJson, TargetScanJson } from "../json/schemas.ts";
import { badge } from "./badge.ts";
import { findingList } from "./finding.ts";
import { ago, given, type Html, when } from "./html.ts";
import { scanBlock } from "./scan.ts";
import { authenticationWords, encryptionWords, targetSummary } from "./words.ts";

const trustWords: Readonly<Record<CertificateJson["trust"], string>> = {
  trusted: "leads to a trusted root",
  "self-signed": "signed by itself",
  "untrusted-root": "its root is not trusted",
  "incomplete-chain": "its issuer was not sent",
  "invalid-chain": "a signature on the way to the root is wrong",
  "expired-issuer": "an issuer's certificate is out of date",
  "not-checked": "not checked",
};

function row(term: string, value: Html | string): Html {
  return html`<div><dt>${term}</dt><dd>${value}</dd></div>`;
}

function validity({ notBefore, notAfter }: CertificateJson, now: number): string {
  const left = Date.parse(notAfter) - now;
  const dates = `${notBefore.slice(0, 10)} to ${notAfter.slice(0, 10)}`;
  return left < 0 ? `${dates}, expired ${span(-left)} ago` : `${dates}, ${span(left)} left`;
}

function certificateRows(certificate: CertificateJson, now: number): Html {
  const { subject, issuer, names, key, signature, sha256, trust } = certificate;
  return html`${row("Certificate for", names.length > 0 ? names.join(", ") : "no host name")}
${row("Valid", validity(certificate, now))}
${row("Trust", trustWords[trust])}
${row("Subject", subject)}
${row("Issuer", issuer)}
${row("Key", `${key}, ${signature}`)}
${row("SHA-256", html`<code>${sha256}</code>`)}`;
}

function transcript({ target, name, address, port, preference, transcript: rows }: TargetJson): Html {
  const place = `${name ?? ""}[${address}]${port === 25 ? "" : `:${port}`}`;
  return html`<details class="transcript">
<summary>Transcript of the last look</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Transcript of ${target}">
<table>
<caption>Trying TLS on ${place}${given(preference, (value) => html` (${value})`)}:</caption>
<thead><tr><th scope="col">Seconds</th><th scope="col">Way</th><th scope="col">Line</th></tr></thead>
<tbody>
${rows.map(({ seconds, mark, text, tone }) => html`<tr class="${mark === null ? `remark ${tone}` : ""}"><td>${seconds.toFixed(3)}</td><td>${mark ?? ""}</td><td>${text}</td></tr>`)}
</tbody>
</table>
</div>
</details>`;
}

export interface TargetView {
  /** Its anchor. */
  readonly id: string;
  readonly now: number;
  /** Several vantages look: its own is in the headline. */
  readonly several: boolean;
  readonly scan: TargetScanJson | undefined;
}

/** One that isn't well is shown opened. */
export function targetBlock(target: TargetJson, { id, now, several, scan }: TargetView): Html {
  const well = target.verdict === "secure" && target.findings.every(({ severity }) => severity === "info");
  const { tls } = target;
  return html`<details class="target" id="${id}"${well ? "" : html` open`}>
<summary>${badge(target.verdict)} <span class="host">${target.name ?? target.address}</span> <span class="muted">${target.target}${given(target.preference, (preference) => html`, preference ${preference}`)}${several ? `, seen from ${target.vantage}` : ""}</span>
<span class="gist">${targetSummary(target)}</span></summary>
<div class="inside">
${findingList(target.findings)}
<dl class="facts">
${given(target.lastKnown, (verdict) => row("Last known", badge(verdict)))}
${given(target.silence, ({ at, what }) => row("Now", html`${what}, ${ago(at, now)}`))}
${row("Last answer", target.lastSeen === null ? "none yet" : ago(target.lastSeen, now))}
${given(target.since, (since) => row("Unchanged since", ago(since, now)))}
${row("Encryption", encryptionWords[target.encryption])}
${row("Server's identity", authenticationWords[target.authentication])}
${given(tls, ({ protocol, cipher, iana, bits }) => row("Session", html`${protocol}, ${cipher}${when(iana !== cipher, () => html` (${iana})`)}, ${bits} bits`))}
${given(tls, ({ group, forwardSecret }) => row("Key exchange", `${group ?? "static RSA"}, ${forwardSecret ? "" : "not "}forward secret`))}
${given(target.certificate, (certificate) => certificateRows(certificate, now))}
${given(target.banner, (banner) => row("Banner", html`<code>${banner}</code>`))}
${row("Seen from", target.vantage)}
</dl>
${given(scan, (found) => scanBlock(found, target.target, now))}
${when(target.transcript.length > 0, () => transcript(target))}
</div>
</details>`;
}
