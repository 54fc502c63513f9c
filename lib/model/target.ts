/** What is dialled. One target may serve a hundred thousand names and customers. */

/** How TLS begins: by the STARTTLS command (RFC 3207), or with the first byte (RFC 8314 §3.3). */
export type TlsStart = "starttls" | "implicit";

export interface Target {
  /** An IPv4 or IPv6 address in its canonical text form (RFC 5952), never a name. */
  readonly address: string;
  readonly port: number;
  readonly tls: TlsStart;
}

/** `192.0.2.1:25`, `[2001:db8::1]:25`, `192.0.2.1:465/implicit`: a target's name in keys, messages and links. */
export type TargetKey = string;

export function targetKey({ address, port, tls }: Target): TargetKey {
  // Canonical text: a colon is enough to tell, and net.isIPv6 takes milliseconds to compile its pattern.
  const host = address.includes(":") ? `[${address}]` : address;
  return `${host}:${port}${tls === "implicit" ? "/implicit" : ""}`;
}

/** The inverse of {@link targetKey}; `undefined` when `key` isn't one. */
export function parseTargetKey(key: TargetKey): Target | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([0-9.]+)):(\d{1,5})(\/implicit)?$/i.exec(key);
  if (!match) return undefined;
  const address = match[1] ?? match[2];
  const port = Number(match[3]);
  if (address === undefined || port < 1 || port > 65_535) return undefined;
  return { address, port, tls: match[4] ? "implicit" : "starttls" };
}
