/** Subject line, SMS and first sentence of a message: the three places where every character counts. */

import type { AlertClass } from "../../model/alert-event.ts";
import { isDrill } from "../../model/drill.ts";
import { type Alert, type CauseForm, type ParentFacts, unsubscribedCode } from "../../model/incident.ts";
import { asciiId, fitted, hostLabel, shown } from "./escape.ts";
import { phrases, whoseWord } from "./phrases.ts";
import { span, utc } from "./time.ts";
import { fromWhere } from "./vantages.ts";

const subjectMax = 99;
const smsMax = 140;

export function alertClass({ form, class: cls }: Alert): AlertClass {
  return form === "steady" ? cls : form;
}

/** Behind a title. */
export const formWords: Readonly<Record<CauseForm, string>> = {
  steady: "",
  intermittent: " at times",
  partial: " from some places",
};

/** What several targets share. */
const parentWords: Readonly<Record<ParentFacts["kind"], string>> = {
  certificate: "Certificate",
  address: "Address",
  "mx-set": "The MX hosts of",
  provider: "Provider",
  vantage: "Seen from vantage",
};

const noWord = "No message of its beginning reached you.";

function title(alert: Alert): string {
  if (alert.class === "cleartext" && alert.context.neverOffered) return "TLS never offered";
  if (isExpired(alert)) return "Certificate expired";
  if (isUnsubscribed(alert)) return "Contact unsubscribed";
  return `${phrases[alert.class].title}${formWords[alert.form]}`;
}

/** `Worse, TLS lost`: what a subject line says before the name. */
export function headline(alert: Alert): string {
  switch (alert.kind) {
    case "opened":
      return title(alert);
    case "worse":
      return `Worse, ${title(alert)}`;
    case "reminder":
      return `Still open, ${title(alert)}`;
    case "escalated":
      return `Nobody acknowledged, ${title(alert)}`;
    case "flapping":
      return `Flapping, ${title(alert)}`;
    case "recovered":
      return alert.merged ? `Over, ${title(alert)}` : "Recovered";
    case "gone":
      return isDrill(alert) ? "Cut off" : "No longer in use or required";
  }
}

/** `[CM-7F3A.1] TLS lost: mx1.gateway.example, cleartext, 3 customers`: ASCII, at most 99 characters; `[DRILL]` before one. */
export function subjectLine(alert: Alert): string {
  const before = `${isDrill(alert) ? "[DRILL] " : ""}[${asciiId(alert.id)}] ${headline(alert)}: `;
  const after = `, ${alertClass(alert)}, ${whoseWord(alert)}`;
  const host = hostLabel(alert.context.host, alert.subject);
  return `${before}${fitted(host, subjectMax - before.length - after.length)}${after}`;
}

/** At most 140 characters of GSM-7's basic table, without its extension (brackets count twice there). */
export function smsText(alert: Alert): string {
  const host = hostLabel(alert.context.host, alert.subject).replace("[", "(").replace("]", ")");
  const before = `${isDrill(alert) ? "DRILL " : ""}${asciiId(alert.id)} ${headline(alert)}: `;
  const after = `, ${alertClass(alert)}, ${whoseWord(alert)}, ${whenOf(alert)}`;
  return `${before}${fitted(host, smsMax - before.length - after.length)}${after}`;
}

/** One line of a digest: as a subject line, with all of the name and the time. */
export function digestLine(alert: Alert): string {
  const drill = isDrill(alert) ? "DRILL " : "";
  const about = `${alertClass(alert)}, ${whoseWord(alert)}, ${whenOf(alert)}`;
  return `${drill}${asciiId(alert.id)} ${headline(alert)}: ${nameOf(alert)}, ${about}`;
}

/** `mx1.gateway.example (192.0.2.1:25)`, or of a certificate `mx1.gateway.example (SHA-256 028b81fcce54...)`. */
export function nameOf({ context, subject, parent }: Alert): string {
  if (parent !== null) {
    return `${parentWords[parent.kind]} ${hostLabel(parent.label, subject)}: ${parent.suffering} of ${parent.children} targets. Each`;
  }
  const host = hostLabel(context.host, subject);
  if (/^[0-9a-f]{64}$/.test(subject)) return `${host} (SHA-256 ${subject.slice(0, 12)}...)`;
  return host === subject || subject.startsWith(host) ? subject : `${host} (${hostLabel(subject, subject)})`;
}

function whenOf(alert: Alert): string {
  return alert.kind === "recovered" || alert.kind === "gone" ? `after ${lasted(alert)}` : `since ${utc(alert.since)}`;
}

function lasted({ since, at }: Alert): string {
  return span(at - since);
}

function lapsed({ lapsed: acknowledged, at }: Alert): string {
  if (acknowledged === null) return "";
  const by = shown(acknowledged.by, 80);
  return ` It was acknowledged by ${by} on ${utc(acknowledged.at)}; after ${span(at - acknowledged.at)} that has lapsed.`;
}

/** What is so, in one or two sentences. */
export function statement(alert: Alert): string {
  if (!isDrill(alert)) return real(alert);
  if (alert.kind === "gone")
    return `This was a drill, and nothing was wrong: ${nameOf(alert)}. It was cut off before its end.`;
  return `This is a drill, and nothing is wrong. What it plays: ${real(alert)}`;
}

function real(alert: Alert): string {
  const words = phrases[alert.class];
  const name = nameOf(alert);
  switch (alert.kind) {
    case "opened":
      return `${name} ${opened(alert)}`;
    case "worse":
      return `It got worse: ${name} ${opened(alert)}`;
    case "reminder":
      return `Still so after ${lasted(alert)}: ${name} ${opened(alert)}${lapsed(alert)}`;
    case "escalated":
      return `Nobody has acknowledged it for ${lasted(alert)}: ${name} ${opened(alert)}`;
    case "flapping":
      return `It comes and goes: ${name} ${opened(alert)} Nothing more is said of it until it stays away.`;
    case "recovered":
      if (alert.merged) return `${name} ${wasSo(alert)}`;
      if (alert.parent !== null) return familyOver(alert, alert.parent);
      return `${name} ${words.recovered} It lasted ${lasted(alert)}, from ${utc(alert.since)} to ${utc(alert.at)}.`;
    case "gone":
      return `${name} is no longer in use or required: DNS or the customers file no longer names it, or asks nothing of it any more. That is not a recovery: it was open for ${lasted(alert)}, since ${utc(alert.since)}.${alert.merged ? ` ${noWord}` : ""}`;
  }
}

/** The few that are left are told each for itself. */
function familyOver(alert: Alert, { kind, label, suffering }: ParentFacts): string {
  const whose = `${parentWords[kind]} ${hostLabel(label, alert.subject)}`;
  const left =
    suffering === 0
      ? "all of its targets are well"
      : `${suffering} of its targets suffer still, and each is told alone`;
  return `${whose}: that is over, ${left}. It lasted ${lasted(alert)}, from ${utc(alert.since)} to ${utc(alert.at)}.`;
}

/** Of beginning and end at once, for those who were told of neither. */
function wasSo(alert: Alert): string {
  const { class: cls, form, since, at } = alert;
  const { was, recovered } = phrases[cls];
  const when = `from ${utc(since)} to ${utc(at)} (${lasted(alert)})`;
  return `${was}${formWords[form]} ${when}, and that is over: it ${recovered} ${noWord}`;
}

function isExpired({ context: { ends }, at }: Alert): boolean {
  return ends !== undefined && at > ends;
}

function isUnsubscribed({ class: cls, context: { findings } }: Alert): boolean {
  return cls === "deaf" && findings.some(({ code }) => code === unsubscribedCode);
}

function opened(alert: Alert): string {
  const { class: cls, form, rate, context } = alert;
  const words = phrases[cls];
  if (form === "intermittent" && rate !== null) {
    return `does not answer alike each time: ${rate.bad} of ${rate.of} sessions ${words.sometimes}.`;
  }
  if (form === "partial") return `does not look alike from everywhere: ${fromWhere(alert, words.sometimes)}.`;
  if (isExpired(alert)) return "shows a certificate that has expired.";
  if (isUnsubscribed(alert)) return "wants no messages any more, and gets none.";
  if (cls === "cleartext" && context.neverOffered) return "has never offered TLS, and is required to.";
  return words.opened;
}
