/** The single values of a customers file: read from text, or told what was expected instead. */

import { cronProblem } from "../judge/cover.ts";
import { type WeeklySettings, weekdays } from "../model/notify-settings.ts";
import { expectedPace, type Pace, readPaceText } from "../model/pace.ts";
import { targetKey } from "../model/target.ts";
import { asciiName } from "../protocols/dns/name.ts";
import { canonicalAddress, readOddAddress } from "../protocols/ip/address.ts";
import { mailPorts } from "../protocols/ip/ports.ts";
import { forbiddenRange } from "../protocols/ip/special.ts";

/** Either the value, or what was expected. */
export type Read<T> = { readonly value: T } | { readonly expected: string };

/** Where mail is handed over when no port is written. */
export const smtpPort = 25;
const portText = "a port, 1 to 65535";

/** A host's name: IDN as A-labels, lower case, no trailing dot. Refuses addresses and what resolvers take for one. */
export function readHostName(text: string): Read<string> {
  const expected = "a host name like mail.acme.example";
  const odd = oddity(text);
  if (odd !== null) return { expected: `${expected}${odd}` };
  if (canonicalAddress(text) !== null) return { expected: `${expected}, not an address` };
  const name = asciiName(text);
  return name === undefined || name === "" ? { expected } : { value: name };
}

/** A domain that takes mail: at least one dot, so that a slip of the pen isn't asked for. */
export function readDomain(text: string): Read<string> {
  const expected = "a domain name like acme.example";
  const read = readHostName(text);
  return "value" in read && read.value.includes(".") && !read.value.includes("_") ? read : { expected };
}

/** A host's name, or an address in its usual form, as canonical text. */
export function readHost(text: string): Read<string> {
  const odd = oddity(text);
  const address = canonicalAddress(text);
  if (address !== null) return { value: address };
  const name = odd === null ? readHostName(text) : { expected: "" };
  return "value" in name ? name : { expected: `a host name or an address${odd ?? ""}` };
}

/** A mail relay of the operator's, which may well be on the same machine. */
export function readRelay(text: string): Read<string> {
  return isLocalhost(text) ? { value: localhost } : readHost(text);
}

/** `mail.acme.example`, `192.0.2.1:2525`, `[2001:db8::1]:25`, `2001:db8::1`. */
export function readServer(text: string): Read<{ host: string; port: number }> {
  const address = canonicalAddress(text);
  if (address !== null) return { value: { host: address, port: smtpPort } };
  const [, bracketed, plain, written] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/.exec(text) ?? [];
  const host = readHost(bracketed ?? plain ?? text);
  if ("expected" in host) return { expected: `${host.expected}, and :port where it isn't ${smtpPort}` };
  const port = written === undefined ? smtpPort : Number(/^\d{1,5}$/.test(written) ? written : Number.NaN);
  if (!isPort(port)) return { expected: `${portText}, behind the colon` };
  return { value: { host: host.value, port } };
}

/** Somebody else's server. A private one would always look well: a cloud's closed port 25 isn't closed inside its own network. */
export function readCanary(text: string): Read<{ host: string; port: number }> {
  const server = readServer(text);
  if ("expected" in server) return server;
  // No other port is dialled at a public address.
  if (!mailPorts.includes(server.value.port))
    return { expected: `a canary on one of the ports ${mailPorts.join(", ")}` };
  if (canonicalAddress(server.value.host) === null) return server;
  const range = forbiddenRange(server.value.host, { allowPrivate: false });
  return range === null ? server : { expected: `a public address, and not one of ${range}` };
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}

export const dayPattern = /^\d{4}-\d{2}-\d{2}$/;

/** Whether what looks like a day exists: 2015-02-30 doesn't. */
export function isDay(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export const durationPattern = /^(\d{1,6})([smhd])$/;

/** `90s`, `10m`, `6h`, `1d` → ms. */
export function readDuration(text: string): Read<number> {
  const [, count, unit] = durationPattern.exec(text) ?? [];
  const ms = Number(count) * (unitMs[unit ?? ""] ?? Number.NaN);
  return ms > 0 ? { value: ms } : { expected: "a duration like 30s, 10m, 6h or 1d" };
}

/** `1/5m`: so many connections in so long. */
export function readPace(text: string): Read<Pace> {
  const value = readPaceText(text);
  return value === null ? { expected: expectedPace } : { value };
}

const hour = 3_600_000;

export const expectedScanEvery = "a duration of an hour or more like 12h or 1d, or never";

/** `1d`, or `never`: null. */
export function readScanEvery(text: string): Read<number | null> {
  if (text === "never") return { value: null };
  const read = readDuration(text);
  return "value" in read && read.value >= hour ? read : { expected: expectedScanEvery };
}

export function paceText({ connections, perMs }: Pace): string {
  return `${connections}/${durationText(perMs)}`;
}

/** The shortest way to write `ms`, which is a whole number of seconds. */
export function durationText(ms: number): string {
  const unit = ["d", "h", "m"].find((unit) => ms % (unitMs[unit] ?? 1) === 0) ?? "s";
  return `${ms / (unitMs[unit] ?? 1)}${unit}`;
}

/** What a silence or window may be about: `mail.acme.example`, `192.0.2.1`, `192.0.2.1:25`, `[2001:db8::1]:25`. */
export function readPlace(text: string): Read<string> {
  const host = readHost(text);
  if ("value" in host) return host;
  const server = readServer(text);
  if ("value" in server && canonicalAddress(server.value.host) !== null) {
    const { host: address, port } = server.value;
    return { value: targetKey({ address, port, tls: "starttls" }) };
  }
  return { expected: "a host name, an address, or an address and port like 192.0.2.1:25" };
}

/** A moment with its offset from UTC, ISO 8601 → epoch ms. */
export function readMoment(text: string): Read<number> {
  const at = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : Number.NaN;
  return isDay(text.slice(0, 10)) && !Number.isNaN(at)
    ? { value: at }
    : { expected: "a time with its offset like 2026-12-01T22:00Z or 2026-12-01T23:00+01:00" };
}

export function momentText(at: number): string {
  return new Date(at).toISOString().replace(".000Z", "Z");
}

/** When a window begins: five fields, minute to weekday. */
export function readCron(text: string): Read<string> {
  const expected = cronProblem(text);
  return expected === null ? { value: text } : { expected };
}

/** A time zone of the IANA database. */
export function readZone(text: string): Read<string> {
  const isZone = text === "UTC" || Intl.supportedValuesOf("timeZone").includes(text);
  return isZone ? { value: text } : { expected: "a time zone like Europe/Berlin or UTC" };
}

/** `monday 08:00 Europe/Berlin`; without a zone UTC. */
export function readWeekly(text: string): Read<WeeklySettings> {
  const expected = "true, or a time like 'monday 08:00 Europe/Berlin'";
  const [, word = "", time = "", zone = "UTC"] = /^([a-z]+) ((?:[01]\d|2[0-3]):[0-5]\d)(?: (\S+))?$/i.exec(text) ?? [];
  const day = weekdays.find((each) => each === word.toLowerCase());
  if (day === undefined) return { expected };
  const read = readZone(zone);
  return "value" in read ? { value: { day, time, zone: read.value } } : read;
}

/** An address that mail can be sent to: no display name, one @, the domain as A-labels. */
export function readEmail(text: string): Read<string> {
  const [, local, domain] = /^([^\s@<>(),;:\\"[\]]{1,64})@([^@]+)$/.exec(text) ?? [];
  const name = domain === undefined ? undefined : isLocalhost(domain) ? { value: localhost } : readHostName(domain);
  if (local === undefined || name === undefined || "expected" in name) {
    return { expected: "an e-mail address like it@acme.example" };
  }
  return { value: `${local}@${name.value}` };
}

/** An e-mail address or a telephone number. */
export function readContact(text: string): Read<{ email: string | null; sms: string | null }> {
  if (phonePattern.test(text)) return { value: { email: null, sms: text } };
  const email = readEmail(text);
  if ("value" in email) return { value: { email: email.value, sms: null } };
  return { expected: `${email.expected}, or a number like +4915112345678` };
}

/** E.164. */
export const phonePattern = /^\+[1-9]\d{6,14}$/;

/** `https:` anywhere, `http:` only to loopback. */
export function isWebhook(text: string): boolean {
  const url = URL.parse(text);
  if (url === null) return false;
  const loopback = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  return url.protocol === "https:" || (url.protocol === "http:" && loopback);
}

/** Text, or base64 behind `whsec_` as Standard Webhooks has it. */
export const webhookSecretPattern = /^(?:whsec_[A-Za-z0-9+/]{8,}={0,2}|(?!whsec_).+)$/;

/** PagerDuty's are 32 letters and digits. */
export const routingKeyPattern = /^[A-Za-z0-9_-]{1,64}$/;

/** Ids stand in keys and links. */
export const idPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const localhost = "localhost";

function isLocalhost(text: string): boolean {
  return text.toLowerCase() === localhost;
}

/** Null for an ordinary name or address. */
function oddity(text: string): string | null {
  const address = readOddAddress(text);
  return address === null ? null : `; this one is an odd spelling of ${address}`;
}
