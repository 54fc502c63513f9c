/** How a vantage leaves, in the order in which an operator sets it up: address, A, PTR, port 25 by IPv4 and IPv6, blocklists. */

import { isIPv4 } from "node:net";
import type { Check } from "../model/check.ts";
import type { Dialler, Resolver } from "../model/ports.ts";
import { findHost } from "../protocols/dns/host.ts";
import { reversed, reverseName } from "../protocols/dns/reverse.ts";
import { checkPort25 } from "./port25.ts";

export interface EgressWorld {
  readonly resolver: Resolver;
  readonly dial: Dialler;
  readonly ehloName: string;
  readonly publicDomains: readonly string[];
  /** The address that others see us by. Rejects where nobody tells. */
  readonly ownAddress: () => Promise<string>;
  /** Null: it is tried. Else why it is closed by design. */
  readonly closedBecause: string | null;
}

export async function examineEgress(world: EgressWorld): Promise<readonly Check[]> {
  const { closedBecause } = world;
  const own = await world.ownAddress().catch(() => null);
  const address: Check =
    own === null
      ? { name: "address", state: "unknown", words: "by which address probes leave could not be asked outside" }
      : {
          name: "address",
          state: "good",
          words: `probes leave by ${own}: where the stack has an ElasticIp output, it has to be that one`,
        };
  // Nobody asks for the name of who makes no connection to port 25.
  if (closedBecause !== null) return [address, { name: "port 25", state: "warning", words: closedBecause }];
  const [v4, v6, list] = await Promise.all([
    checkPort25(world, "IPv4"),
    checkPort25(world, "IPv6"),
    checkBlocklist(world.resolver, own),
  ]);
  return [address, ...(await checkNames(world, own)), v4, withoutIpv6(v6), list];
}

/** Most vantages have no IPv6, and no loss by it: hosts that have IPv6 alone are rare. */
function withoutIpv6(check: Check): Check {
  return check.state === "bad" ? { ...check, state: "warning" } : check;
}

async function checkNames({ ehloName, resolver }: EgressWorld, own: string | null): Promise<readonly Check[]> {
  if (ehloName.startsWith("["))
    return [
      {
        name: "A",
        state: "bad",
        words: `${ehloName} is said in EHLO: deploy with -c ehlo=NAME, and give NAME an A record`,
      },
    ];
  const { addresses, failure } = await findHost(ehloName, resolver);
  if (own === null)
    return [
      { name: "A", state: "unknown", words: `${ehloName} has ${listed(addresses)}: our own address isn't known` },
    ];
  const a: Check = addresses.includes(own)
    ? { name: "A", state: "good", words: `${ehloName} has ${own}` }
    : failure !== null && failure !== "nxdomain"
      ? { name: "A", state: "unknown", words: `${ehloName} could not be looked up (${failure})` }
      : { name: "A", state: "bad", words: `${ehloName} has ${listed(addresses)}: add an A record with ${own}` };
  const answer = await resolver(reverseName(own), "PTR");
  if (answer.kind === "failed")
    return [a, { name: "PTR", state: "unknown", words: `that of ${own} could not be looked up (${answer.reason})` }];
  const names =
    answer.kind === "answer"
      ? answer.records
          .filter(({ type }) => type === "PTR")
          .map(({ data }) => String(data).replace(/\.$/, "").toLowerCase())
      : [];
  return [
    a,
    names.includes(ehloName.toLowerCase())
      ? { name: "PTR", state: "good", words: `${own} points to ${ehloName}` }
      : {
          name: "PTR",
          state: "bad",
          words: `${own} points to ${listed(names)}: ask AWS for ${ehloName}, by the command in the PtrCommand output`,
        },
  ];
}

const blocklist = "zen.spamhaus.org";
/** What it answers to whoever asks through a public resolver, or too often: nothing about the address. */
const refusal = /^127\.255\.255\./;

async function checkBlocklist(resolver: Resolver, own: string | null): Promise<Check> {
  const name = "blocklist";
  if (own === null || !isIPv4(own)) return { name, state: "unknown", words: "our own IPv4 address isn't known" };
  const answer = await resolver(`${reversed(own)}.${blocklist}`, "A");
  if (answer.kind === "failed")
    return { name, state: "unknown", words: `${blocklist} could not be asked (${answer.reason})` };
  const codes =
    answer.kind === "answer" ? answer.records.filter(({ type }) => type === "A").map(({ data }) => String(data)) : [];
  if (codes.some((code) => refusal.test(code)))
    return {
      name,
      state: "unknown",
      words: `${blocklist} doesn't answer this resolver: look ${own} up at https://check.spamhaus.org`,
    };
  if (codes.length === 0) return { name, state: "good", words: `${own} isn't listed by ${blocklist}` };
  return {
    name,
    state: "bad",
    words: `${own} is listed by ${blocklist} (${codes.join(", ")}): see https://check.spamhaus.org`,
  };
}

function listed(values: readonly string[]): string {
  return values.length === 0 ? "nothing" : values.slice(0, 4).join(", ");
}
