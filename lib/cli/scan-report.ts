/** A scan as people like to read it: by version, newest first, each suite in the colour of what it is worth. */

import { finding } from "../judge/findings.ts";
import { flawCode } from "../judge/flaws.ts";
import { type FlawSeen, type Scan, signaturesUsed, type VersionScan } from "../model/scan.ts";
import { visible } from "../protocols/printable.ts";
import { groupByCode } from "../protocols/tls/groups.ts";
import { isSafePrime, primeName } from "../protocols/tls/primes.ts";
import { signatureName } from "../protocols/tls/signatures.ts";
import { sslv2KindByCode } from "../protocols/tls/sslv2.ts";
import { type Suite, suiteByCode } from "../protocols/tls/suites.ts";
import type { Paint } from "./colour.ts";
import type { Scanned } from "./scan-place.ts";

const preferenceWords = {
  server: "in the server's order",
  client: "in the client's order",
  chacha20: "in the server's order, but ChaCha20 for clients that like it best",
} as const;

export function scanLines({ observation, scan, flaws, grades, score }: Scanned, paint: Paint): readonly string[] {
  const { target, host } = observation;
  const title = `${host === null ? "" : `${host} `}[${target.address}]:${target.port}`;
  if (scan === null) return [title, `  not scanned: ${observation.outcome.kind}`];
  const groups = scan.groups.map((code) => groupByCode(code)?.name ?? `group-${code}`);
  const primes = scan.primes.map(({ bits, prime }) => `${bits} bits${primeWords(prime)}`);
  const signed = signaturesUsed(scan).filter(({ signatures }) => signatures.length > 0);
  return [
    title,
    ...[...scan.versions].reverse().flatMap((version) => versionLines(version, paint)),
    ...(groups.length === 0 ? [] : ["", `  Groups: ${groups.join(" ")}`]),
    ...(primes.length === 0 ? [] : [`  DH primes: ${primes.join(", ")}`]),
    ...signed.reverse().map(({ version, signatures }) => {
      return `  Signatures in ${version}: ${signatures.map(signatureName).join(" ")}`;
    }),
    ...flawLines(flaws, paint),
    ...gradeLines(grades),
    ...(score === null ? [] : [`  Score: ${score} of 100`]),
    "",
    ...understoodLines(scan),
    ...(scan.depth === "grade" ? ["  Of suites and groups only the worst was asked for, and what it likes best."] : []),
    `  ${scan.connections} connections${scan.incomplete === null ? "" : `, ${scan.throttled ? "throttled" : "incomplete"}: ${visible(scan.incomplete)}`}`,
  ];
}

/** What the server's clients may say, where that isn't anything. */
function understoodLines({ mostSuites, withoutExtensions }: Scan): readonly string[] {
  return [
    ...(mostSuites === null ? [] : [`  It understands no hello of more than ${mostSuites} suites.`]),
    ...(withoutExtensions ? ["  It understands no hello with extensions."] : []),
  ];
}

function primeWords(prime: string): string {
  const words = [primeName(prime), isSafePrime(prime) === false ? "not a safe prime" : null].filter(
    (word) => word !== null,
  );
  return words.length === 0 ? "" : ` (${words.join(", ")})`;
}

/** What was found, and below it what was looked for in vain. */
function flawLines(flaws: readonly FlawSeen[], paint: Paint): readonly string[] {
  const by = (result: FlawSeen["result"]) => flaws.filter((flaw) => flaw.result === result);
  const width = Math.max(0, ...by("flawed").map(({ name }) => name.length));
  const found = by("flawed").map(({ name, detail }) => {
    const words = detail.map(visible).join("; ");
    return `    ${paint(flawStyle(name), name.padEnd(width))}  ${words}`.trimEnd();
  });
  return ["", "  Flaws:", ...found, ...named("not found: ", by("sound")), ...named("not known: ", by("unknown"))];
}

/** Columns of the longest line of names. */
const widest = 100;

/** Names in as many lines as they need. */
function named(title: string, flaws: readonly FlawSeen[]): readonly string[] {
  const lines: string[] = [];
  for (const [at, { name }] of flaws.entries()) {
    const word = at === flaws.length - 1 ? name : `${name},`;
    const line = lines.at(-1);
    if (line === undefined) lines.push(`    ${title}${word}`);
    else if (line.length + word.length < widest) lines.splice(-1, 1, `${line} ${word}`);
    else lines.push(`    ${" ".repeat(title.length)}${word}`);
  }
  return lines;
}

function flawStyle(name: string): "red" | "yellow" | "dim" {
  const code = flawCode(name);
  const { severity } = code === undefined ? { severity: "info" } : finding(code);
  return severity === "critical" ? "red" : severity === "warning" ? "yellow" : "dim";
}

/** Each standard with its level, and the worst thing that led to it. */
function gradeLines(grades: Scanned["grades"]): readonly string[] {
  if (grades === null) return [];
  const width = Math.max(...grades.map(({ name }) => name.length));
  const lines = grades.map(({ name, level, criteria }) => {
    const [worst] = criteria;
    const why = worst === undefined ? "" : ` (${worst.observed}: ${worst.section})`;
    return `    ${name.padEnd(width)}  ${level}${why}`;
  });
  return ["", "  Grades:", ...lines];
}

function versionLines(version: VersionScan, paint: Paint): readonly string[] {
  const { name, accepted, suites, preference, instead, incomplete } = version;
  const title = `  ${name.padEnd(8)}`;
  if (accepted === null) return [`${title} ${paint("magenta", "not known")}: ${visible(incomplete ?? "")}`];
  if (!accepted) return [`${title} ${paint("dim", instead === null ? "no" : `no, it answers with ${instead}`)}`];
  const order = preference === null ? "" : `, ${preferenceWords[preference]}`;
  const rest = incomplete === null ? "" : `, and perhaps more: ${visible(incomplete)}`;
  const isOld = name !== "TLSv1.2" && name !== "TLSv1.3";
  return [
    `${title} ${paint(isOld ? "yellow" : "green", "yes")}: ${suites.length === 1 ? "1 suite" : `${suites.length} suites`}${order}${rest}`,
    ...suites.map((code) => `    ${name === "SSLv2" ? kindLine(code, paint) : suiteLine(code, paint)}`),
  ];
}

function suiteLine(code: number, paint: Paint): string {
  const suite = suiteByCode(code);
  if (suite === undefined) return `${hex(code)} ${paint("red", "a suite that nobody registered")}`;
  const secrecy = suite.forwardSecret ? "" : ", no forward secrecy";
  return `${hex(code)} ${paint(styleOf(suite), suite.openssl.padEnd(34))} ${suite.bits} bits${secrecy}`;
}

function kindLine(code: number, paint: Paint): string {
  const kind = sslv2KindByCode(code);
  return `${hex(code)} ${paint("red", (kind?.openssl ?? "unknown").padEnd(32))} ${kind?.bits ?? 0} bits`;
}

function styleOf({ bits, cipher, authentication, forwardSecret, integrity }: Suite): "red" | "yellow" | "green" {
  if (bits < 112 || authentication === "anonymous" || cipher.startsWith("RC")) return "red";
  return bits < 128 || !forwardSecret || integrity !== "AEAD" ? "yellow" : "green";
}

function hex(code: number): string {
  return `0x${code.toString(16).toUpperCase().padStart(4, "0")}`;
}
