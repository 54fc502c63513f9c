/** One alert, worded for every channel at once. Pure; see `test/steps/words` for what people get to read. */

import type { AlertEvent } from "../../model/alert-event.ts";
import type { Cover } from "../../model/cover.ts";
import { isDrill } from "../../model/drill.ts";
import type { Finding } from "../../model/finding.ts";
import { severities } from "../../model/finding.ts";
import type { Alert } from "../../model/incident.ts";
import type { Letter } from "../../model/ports.ts";
import { coverName } from "./cover.ts";
import { hostLabel, shown } from "./escape.ts";
import { alertClass, smsText, statement, subjectLine } from "./headline.ts";
import { hopWord, mostWord, phrases } from "./phrases.ts";
import { utc } from "./time.ts";
import { sightings } from "./vantages.ts";

/** A letter that has no recipient yet. */
export type Draft = Omit<Letter, "to">;

/** How many findings, lines and pieces of evidence are shown; the page has them all. */
const mostFindings = 5;
const mostLines = 10;
const mostEvidence = 3;

/** `baseUrl` without a trailing slash, or null where no page can be reached. */
export function draftOf(alert: Alert, baseUrl: string | null): Draft {
  const text = bodyOf(alert, baseUrl);
  return {
    id: alert.id,
    subject: subjectLine(alert),
    text,
    sms: smsText(alert),
    attributes: attributesOf(alert),
    event: eventOf(alert, text, linkTo(alert, baseUrl)),
  };
}

/** What a machine is told of one alert; a digest says what is different of several. */
export function eventOf(alert: Alert, text: string, url: string | null): AlertEvent {
  const { host, hop, severity, customers, customer } = alert.context;
  return {
    id: alert.id,
    incident: alert.incident,
    incidents: [alert.incident],
    kind: alert.kind,
    class: alertClass(alert),
    drill: isDrill(alert),
    severity,
    subject: alert.subject,
    host: hostLabel(host, alert.subject),
    hop,
    customers,
    customer,
    since: new Date(alert.since).toISOString(),
    at: new Date(alert.at).toISOString(),
    url,
    text,
    ...(alert.trace !== undefined && { trace: alert.trace }),
  };
}

function attributesOf(alert: Alert): Readonly<Record<string, string>> {
  const { hop, severity, customer } = alert.context;
  const common = { class: alertClass(alert), kind: alert.kind, severity, incident: alert.incident };
  return {
    ...common,
    ...(isDrill(alert) && { drill: "true" }),
    ...(hop === null ? {} : { hop }),
    ...(customer === null ? {} : { customer }),
  };
}

function bodyOf(alert: Alert, baseUrl: string | null): string {
  const over = alert.kind === "recovered" || alert.kind === "gone";
  const { context } = alert;
  const url = linkTo(alert, baseUrl);
  const findings = [...context.findings].sort((a, b) => severityRank(b) - severityRank(a)).slice(0, mostFindings);
  return [
    statement(alert),
    "",
    `Since:     ${utc(alert.since)}`,
    ...(alert.held === null ? [] : [`Told late: ${heldWords(alert.held)}`]),
    `Hop:       ${hopWord(context.hop)}`,
    `Customers: ${mostWord(alert)}${context.customers}${context.customer === null ? "" : ` (${shown(context.customer, 64)})`}`,
    ...(over ? [] : [`Effect:    ${effectOf(alert, findings)}`]),
    ...(over ? [] : section("What was found", findings.flatMap(findingLines))),
    ...(over ? [] : transcripts(alert)),
    ...(over ? [] : section("What to do", adviceOf(alert, findings))),
    "",
    `Incident ${alert.incident}, message ${shown(alert.id.slice(alert.incident.length + 1), 8)}, ${utc(alert.at)}`,
    ...(url === null ? [] : [url]),
    "",
  ].join("\n");
}

function adviceOf(alert: Alert, findings: readonly Finding[]): readonly string[] {
  if (isDrill(alert)) return ["  Nothing: this is a drill, and whoever reads it was reached."];
  return unique(findings.map(({ advice }) => `  ${shown(advice, 500)}`));
}

/** Where vantages disagree, what each saw; of a parent, whom it speaks for. */
function transcripts({ form, context, parent }: Alert): readonly string[] {
  const seen = form === "partial" ? sightings(context) : [];
  if (seen.length === 0) return section(parent === null ? "The decisive lines" : "The servers", linesOf(context.lines));
  return seen.flatMap(({ vantage, lines }) => section(`Seen from ${shown(vantage, 64)}`, linesOf(lines)));
}

function linesOf(lines: readonly string[]): readonly string[] {
  return lines.slice(0, mostLines).map((line) => `  ${shown(line)}`);
}

function heldWords(cover: Cover): string {
  return `held back by ${coverName(cover)} (${shown(cover.reason)})`;
}

/** What happens to the mail, as its findings have it. */
export function effectOf(alert: Alert, findings: readonly Finding[]): string {
  const said = unique(findings.map(({ consequence }) => shown(consequence, 300)));
  return said.length === 0 ? phrases[alert.class].consequence : said.join("; ");
}

function findingLines({ code, severity, evidence }: Finding): readonly string[] {
  return [`  ${code} (${severity})`, ...evidence.slice(0, mostEvidence).map((line) => `    ${shown(line)}`)];
}

function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", `${heading}:`, ...lines];
}

function linkTo({ context, incident }: Alert, baseUrl: string | null): string | null {
  if (baseUrl === null) return null;
  return context.customer === null
    ? `${baseUrl}/incidents/${encodeURIComponent(incident)}`
    : `${baseUrl}/customers/${encodeURIComponent(context.customer)}`;
}

function severityRank({ severity }: Finding): number {
  return severities.indexOf(severity);
}

function unique(lines: readonly string[]): readonly string[] {
  return [...new Set(lines)];
}
