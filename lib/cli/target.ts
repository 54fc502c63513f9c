/** What a person types as TARGET: a host or an address, with or without a port, or a domain. */

import { domainToASCII } from "node:url";
import { InputError } from "../model/input-error.ts";
import { canonicalAddress, readOddAddress } from "../protocols/ip/address.ts";
import { mailPorts } from "../protocols/ip/ports.ts";
import { forbiddenRange } from "../protocols/ip/special.ts";

export type CommandTarget =
  /** `name` is an A-label name in lower case without trailing dot; with `mx` a domain whose mail servers are meant. */
  | { readonly kind: "name"; readonly name: string; readonly port: number }
  /** Canonical text; it may be dialled. */
  | { readonly kind: "address"; readonly address: string; readonly port: number };

export interface TargetOptions {
  readonly defaultPort: number;
  /** A domain is meant, so an address is wrong. */
  readonly mx: boolean;
  readonly allowPrivate: boolean;
}

/**
 * Reads `host`, `host:port`, `[v6]:port`, a bare IPv6 address, and names with umlauts.
 *
 * Throws {@link InputError} for what isn't one, for addresses that must not be dialled, with their range, and for odd
 * spellings of addresses (`0x7f.1`, `localhost`), which are never looked up.
 */
export function parseTarget(text: string, options: TargetOptions): CommandTarget {
  const { host, port } = splitPort(text, options.defaultPort);
  const address = canonicalAddress(host) ?? readOddAddress(host);
  if (address === null) {
    const name = hostName(host, text);
    checkPort(text, port, options.allowPrivate);
    return { kind: "name", name, port };
  }
  if (options.mx) throw new InputError(`${quoted(text)} is an address; expected a domain like example.com`);
  checkAddress(host, address, options.allowPrivate);
  checkPort(text, port, options.allowPrivate);
  return { kind: "address", address, port };
}

function checkPort(text: string, port: number, allowPrivate: boolean): void {
  if (allowPrivate || mailPorts.includes(port)) return;
  const ports = mailPorts.join(", ");
  throw new InputError(`${quoted(text)}: port ${port} is not a mail port (${ports}); --allow-private allows any port`);
}

const bracketed = /^\[(?<host>[^\]]*:[^\]]*)\](?::(?<port>.*))?$/;
const bareIpv6 = /^(?<host>[^/[\]]*:[^/[\]]*:[^/[\]]*)$/;
const hostAndPort = /^(?<host>[^:/[\]]+)(?::(?<port>[^:/[\]]*))?$/;

function splitPort(text: string, defaultPort: number): { readonly host: string; readonly port: number } {
  const parts = (bracketed.exec(text) ?? bareIpv6.exec(text) ?? hostAndPort.exec(text))?.groups;
  if (parts?.host === undefined) {
    throw new InputError(`${quoted(text)}: expected a host, an address, host:port or [IPv6]:port`);
  }
  const { host, port } = parts;
  if (port === undefined) return { host, port: defaultPort };
  const number = Number(port);
  if (!/^\d{1,5}$/.test(port) || number < 1 || number > 65_535) {
    throw new InputError(`${quoted(text)}: port must be 1–65535, not ${quoted(port)}`);
  }
  return { host, port: number };
}

function checkAddress(typed: string, address: string, allowPrivate: boolean): void {
  const range = forbiddenRange(address, { allowPrivate });
  const isOdd = canonicalAddress(typed) === null;
  const what = isOdd ? `${quoted(typed)} is another spelling of ${address}` : address;
  if (range !== null) {
    const isOwn = forbiddenRange(address, { allowPrivate: true }) === null;
    const hint = isOwn ? "; --allow-private allows it, for one's own network" : "";
    throw new InputError(`${what}${isOdd ? ", which" : ""} is in ${range} and is not dialled${hint}`);
  }
  if (isOdd && !allowPrivate) throw new InputError(`${what}: expected the usual one`);
}

const label = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

function hostName(host: string, text: string): string {
  const name = domainToASCII(host).replace(/\.$/, "");
  const labels = name.split(".");
  const isName = name.length <= 253 && labels.every((part) => label.test(part)) && !/^\d+$/.test(labels.at(-1) ?? "");
  if (!isName) throw new InputError(`${quoted(text)} is not a host name; expected one like mail.example.com`);
  return name;
}

/** As typed, but harmless on a terminal and not endless. */
function quoted(text: string): string {
  const shown = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "?");
  return `'${shown.length > 80 ? `${shown.slice(0, 80)}…` : shown}'`;
}
