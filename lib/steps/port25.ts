/** Is port 25 open outwards? */

import { isIPv6 } from "node:net";
import type { Check } from "../model/check.ts";
import type { Dialler, Resolver } from "../model/ports.ts";
import { findHost } from "../protocols/dns/host.ts";
import { findMx } from "../protocols/dns/mx.ts";

/** Big providers in unrelated networks: one of them answers wherever port 25 is open. */
export const publicDomains = ["gmail.com", "outlook.com", "icloud.com"];

const dialMs = 8_000;

interface Outside {
  readonly resolver: Resolver;
  readonly dial: Dialler;
  /** Domains whose mail hosts are known to answer on port 25 by both families. */
  readonly publicDomains: readonly string[];
}

export async function checkPort25({ resolver, dial, publicDomains }: Outside, family: "IPv4" | "IPv6"): Promise<Check> {
  const name = `port 25, ${family}`;
  const tried: string[] = [];
  for (const domain of publicDomains) {
    const mx = await findMx(domain, resolver);
    const host = mx.kind === "mx" ? mx.records[0]?.host : undefined;
    if (host === undefined) continue;
    const { addresses } = await findHost(host, resolver);
    const address = addresses.find((candidate) => isIPv6(candidate) === (family === "IPv6"));
    if (address === undefined) continue;
    const result = await dial({ address, port: 25, allowPrivate: false, signal: AbortSignal.timeout(dialMs) });
    if (result.kind === "connected") {
      result.socket.destroy();
      return { name, state: "good", words: `open: connected to ${host} [${address}]` };
    }
    tried.push(`${host} [${address}]: ${result.kind === "failed" ? result.silence : result.range}`);
  }
  if (tried.length === 0) return { name, state: "unknown", words: "nothing to dial: DNS gave no address" };
  return {
    name,
    state: "bad",
    words: `closed (${tried.join(", ")}): ask the provider to open outgoing port 25, or look at servers on other ports`,
  };
}
