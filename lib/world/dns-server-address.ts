/** Where a DNS server is: what `--resolver` and the system's configuration say. */

import { isIP } from "node:net";

export interface DnsServerAddress {
  readonly address: string;
  readonly port: number;
}

const defaultPort = 53;

/** Reads `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1` or `[2001:db8::1]:53`; `undefined` when it is none of these. */
export function parseServer(text: string): DnsServerAddress | undefined {
  if (isIP(text)) return { address: text, port: defaultPort };
  const match = /^(?:\[([^\]]+)\]|([0-9.]+))(?::([0-9]{1,5}))?$/.exec(text);
  const [, v6, v4, digits] = match ?? [];
  const port = digits === undefined ? defaultPort : Number(digits);
  const address = v6 ?? v4;
  if (address === undefined || isIP(address) !== (v6 === undefined ? 4 : 6)) return undefined;
  return port >= 1 && port <= 65_535 ? { address, port } : undefined;
}
