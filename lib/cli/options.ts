/** Options that several commands share, and the sentences for values that aren't right. */

import { isIP } from "node:net";
import { InvalidArgumentError, Option } from "commander";
import { requirementLevels, type TlsMode } from "../model/customer.ts";
import { expectedPace, type Pace, readPaceText } from "../model/pace.ts";
import type { TlsStart } from "../model/target.ts";
import { parseServer } from "../world/dns-server-address.ts";

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** `30s`, `5m`, `1h`, `500ms` → milliseconds. */
export function duration(least: number, most: number): (text: string) => number {
  return (text) => {
    const match = /^(\d{1,6})(ms|s|m|h)$/.exec(text);
    const value = match ? Number(match[1]) * units[match[2] as keyof typeof units] : Number.NaN;
    if (!(value >= least && value <= most))
      throw new InvalidArgumentError(`expected a duration from ${words(least)} to ${words(most)}, like 30s or 5m.`);
    return value;
  };
}

function words(ms: number): string {
  if (ms % units.h === 0) return `${ms / units.h}h`;
  if (ms % units.m === 0) return `${ms / units.m}m`;
  return ms % units.s === 0 ? `${ms / units.s}s` : `${ms}ms`;
}

/** `IP`, `IP:port` or `[v6]:port`. */
export function resolverAddress(text: string): string {
  if (parseServer(text) === undefined)
    throw new InvalidArgumentError(
      "expected an address with or without a port, like 192.0.2.53 or [2001:db8::53]:5353.",
    );
  return text;
}

/** `a,b` → `["a", "b"]`. */
export function commaList(text: string): readonly string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** `1/5m`. */
export function pace(text: string): Pace {
  const read = readPaceText(text);
  if (read === null) throw new InvalidArgumentError(`expected ${expectedPace}.`);
  return read;
}

export function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError("expected a port from 0 to 65535.");
  return port;
}

/** Without a trailing slash. */
export function pagesUrl(text: string): string {
  const url = URL.parse(text);
  const isPlain = url?.search === "" && url.hash === "" && url.username === "" && url.pathname === "/";
  if (url === null || !isPlain || !/^https?:$/.test(url.protocol))
    throw new InvalidArgumentError("expected a URL without a path, like https://status.example.");
  return url.origin;
}

/** A host name as EHLO takes it (RFC 5321 §4.1.1.1): a domain or an address literal. */
export function ehloName(text: string): string {
  const literal = /^\[(?:IPv6:)?([0-9a-f:.]+)\]$/i.exec(text);
  const domain = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;
  if (literal ? !isIP(literal[1] ?? "") : !domain.test(text))
    throw new InvalidArgumentError("expected a host name or an address literal like [192.0.2.1].");
  return text;
}

/** An envelope address for `--from` and `--to` (RFC 5321 §4.1.2): nothing that could end the command line. */
export function mailbox(text: string): string {
  if (text.length > 254 || !/^[^\s<>@\p{C}]{1,64}@[^\s<>@\p{C}]+$/u.test(text))
    throw new InvalidArgumentError("expected a mail address like postmaster@example.com.");
  return text;
}

export function tlsMode(): Option {
  const modes: readonly TlsMode[] = ["enabled", "disabled", "enforced"];
  return new Option("--tls-mode <mode>", "the gateway's TLS mode for the domain").choices(modes);
}

export function requirement(): Option {
  return new Option("--require <level>", "what the chain must reach").choices(requirementLevels);
}

export function tlsStart(): Option {
  const starts: readonly TlsStart[] = ["starttls", "implicit"];
  return new Option("--tls <how>", "how TLS begins").choices(starts).default("starttls");
}

/** Options of everything that looks at mail servers. */
export interface LookOptions {
  readonly json?: boolean;
  readonly ca?: string;
  readonly allowPrivate?: boolean;
  readonly timeout: number;
  readonly resolver?: readonly string[];
  readonly ehlo?: string;
}

export function lookOptions(): readonly Option[] {
  return [
    new Option("--json", "print one JSON object (docs/schema)"),
    new Option("--ca <file>", "trust these certificates (PEM) as well"),
    new Option("--allow-private", "dial private addresses and any port: for one's own network"),
    new Option("--timeout <duration>", "for one probe").argParser(duration(100, 600_000)).default(30_000, "30s"),
    resolverOption(),
    ehloOption(),
  ];
}

export function resolverOption(): Option {
  return new Option("--resolver <ip[:port]>", "ask this DNS server; once more for a second one").argParser(
    (text, before: readonly string[] = []) => [...before, resolverAddress(text)],
  );
}

export function ehloOption(): Option {
  return new Option("--ehlo <name>", "the name said in EHLO (default: this host's FQDN, else its address)").argParser(
    ehloName,
  );
}

/** Where the data is: a folder of one process, or a stack on AWS. */
export interface DataOptions {
  readonly data: string;
  readonly stack?: string;
}

export function dataOptions(): readonly Option[] {
  return [dataOption(), new Option("--stack <name>", "the deployed tables of this stack instead (AWS credentials)")];
}

export function dataOption(): Option {
  return new Option("--data <dir>", "the folder where one process keeps its data")
    .default("data")
    .env("CHAINMAIL_DATA");
}

/** As the context of the stack has them. */
export function costOptions(): readonly Option[] {
  return [
    new Option("--customers <n>", "how many; several are separated by commas")
      .argParser((text) => commaList(text).map(count(1, 10_000_000)))
      .default([1, 100, 10_000, 1_000_000], "1,100,10000,1000000"),
    new Option("--targets <n>", "addresses and ports in all (default: two for each customer, and eight)").argParser(
      count(1, 100_000_000),
    ),
    new Option("--every <duration>", "between two looks").argParser(duration(60_000, 3_600_000)).default(300_000, "5m"),
    new Option("--vantages <n>", "regions to look from, with the home region").argParser(count(1, 30)).default(1),
    new Option("--egress <how>", "how probes leave").choices(["none", "nat-gateway", "nat-instance"]).default("none"),
    new Option("--zones <n>", "zones with a NAT of their own").argParser(count(1, 2)).default(1),
    new Option("--sqs-endpoint", "results reach SQS by an interface endpoint").default(false),
    new Option("--customer-key", "tables and topics with a key of the account's own").default(false),
    new Option("--tracing", "X-Ray").default(false),
    new Option("--topics <n>", "of operators: mail, phones, second contacts").argParser(count(1, 4)).default(1),
    new Option("--web-acl <whose>", "a firewall before the API: the stack's, or your own without its rules")
      .choices(["none", "managed", "own"])
      .default("none"),
  ];
}

export function count(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most))
      throw new InvalidArgumentError(`expected a whole number from ${least} to ${most}.`);
    return value;
  };
}
