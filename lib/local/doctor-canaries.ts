/** Do the canaries say what they are for? After DNS was asked, as `resolve` asks it. */

import { isIP } from "node:net";
import { standingOf, unrelatedNetworks } from "../model/network.ts";
import type { Resolver } from "../model/ports.ts";
import { type Canary, fewestCanaries, fewestCanaryNetworks } from "../model/sight.ts";
import { findHost } from "../protocols/dns/host.ts";
import { forbiddenRange } from "../protocols/ip/special.ts";
import type { Check } from "./doctor.ts";

const name = "canaries";

/** None where none are named: a vantage isn't blind for want of them. */
export async function checkCanaries(canaries: readonly Canary[], resolver: Resolver): Promise<readonly Check[]> {
  if (canaries.length === 0) return [];
  const found = await Promise.all(
    canaries.map(async ({ host }) => ({ host, address: await addressOf(host, resolver) })),
  );
  const wrong: string[] = [];
  const good: { readonly host: string; readonly address: string }[] = [];
  for (const { host, address } of found) {
    const range = address === null ? null : forbiddenRange(address, { allowPrivate: false });
    if (address === null) wrong.push(`${host} has no address`);
    else if (range !== null) wrong.push(`${host} leads to ${address}, of ${range}: it would always look well`);
    else good.push({ host, address });
  }
  const networks = unrelatedNetworks(
    good.map(({ host, address }) => standingOf(address, isIP(host) === 0 ? host : null)),
  );
  if (good.length < fewestCanaries) wrong.push(`${good.length} can be watched, and it takes ${fewestCanaries}`);
  else if (networks < fewestCanaryNetworks)
    wrong.push(`all are in one network, and it takes ${fewestCanaryNetworks} unrelated ones`);
  if (wrong.length > 0)
    return [{ name, state: "bad", words: `${wrong.join("; ")}: name others in the customers file` }];
  return [{ name, state: "good", words: `${good.length} public servers in ${networks} unrelated networks` }];
}

async function addressOf(host: string, resolver: Resolver): Promise<string | null> {
  if (isIP(host) !== 0) return host;
  return (await findHost(host, resolver)).addresses[0] ?? null;
}
