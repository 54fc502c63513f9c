/** Can this place do the job? Each check stands alone; what can't be asked is `unknown`, never `bad`. */

import type { Check } from "../model/check.ts";
import type { Clock, Dialler, Resolver } from "../model/ports.ts";
import { findHost } from "../protocols/dns/host.ts";
import { findMx } from "../protocols/dns/mx.ts";
import { reverseName } from "../protocols/dns/reverse.ts";
import { checkPort25 } from "../steps/port25.ts";

export type { Check } from "../model/check.ts";

export interface DoctorWorld {
  readonly resolver: Resolver;
  readonly dial: Dialler;
  readonly now: Clock;
  readonly ehloName: string;
  /** Domains whose mail hosts are known to answer on port 25 by both families. */
  readonly publicDomains: readonly string[];
  /** Epoch ms of a clock elsewhere. Rejects when it can't be asked. */
  readonly otherClock: () => Promise<number>;
  /** Writes and reads one item. Rejects with the reason. */
  readonly tryStore: () => Promise<void>;
  /** Whether anybody is told. Rejects when the store can't be read. */
  readonly checkContacts: () => Promise<readonly Check[]>;
  /** Whether the canaries are what they have to be. Rejects when the store can't be read. */
  readonly checkCanaries: () => Promise<readonly Check[]>;
}

const clockToleranceMs = 5_000;

export async function examine(world: DoctorWorld): Promise<readonly Check[]> {
  const dns = await checkDns(world);
  const [v4, v6, name, clock, store] = await Promise.all([
    checkPort25(world, "IPv4"),
    checkPort25(world, "IPv6"),
    checkName(world),
    checkClock(world),
    checkStore(world),
  ]);
  // After the store has answered: whoever opens it is alone for a moment.
  return [dns, v4, v6, name, clock, store, ...(await contactsOf(world)), ...(await canariesOf(world))];
}

async function checkDns({ resolver, publicDomains }: DoctorWorld): Promise<Check> {
  const answers = await Promise.all(
    publicDomains.map(async (domain) => ({ domain, mx: await findMx(domain, resolver) })),
  );
  const good = answers.find(({ mx }) => mx.kind === "mx");
  if (good?.mx.kind === "mx")
    return {
      name: "DNS",
      state: "good",
      words: `answers: mail for ${good.domain} goes to ${good.mx.records[0]?.host}`,
    };
  const reasons = answers.map(({ domain, mx }) => `${domain}: ${mx.kind === "failed" ? mx.reason : mx.kind}`);
  return {
    name: "DNS",
    state: "bad",
    words: `no mail hosts found for domains that have some (${reasons.join(", ")}): name a working server with --resolver`,
  };
}

/** Mail servers distrust a client whose EHLO name, address and PTR don't agree (RFC 1912 §2.1). */
async function checkName({ resolver, ehloName }: DoctorWorld): Promise<Check> {
  const name = "EHLO name";
  if (ehloName.startsWith("["))
    return {
      name,
      state: "bad",
      words: `${ehloName}: this host has no full name; give one with --ehlo whose A and PTR records agree`,
    };
  const { addresses, failure } = await findHost(ehloName, resolver);
  if (addresses.length === 0)
    return failure !== null && failure !== "nxdomain"
      ? { name, state: "unknown", words: `${ehloName}: its addresses could not be looked up (${failure})` }
      : { name, state: "bad", words: `${ehloName} has no address: add an A record, or give another name with --ehlo` };
  const wrong: string[] = [];
  for (const address of addresses) {
    const answer = await resolver(reverseName(address), "PTR");
    const names = answer.kind === "answer" ? answer.records.filter(({ type }) => type === "PTR") : [];
    const agrees = names.some(({ data }) => String(data).replace(/\.$/, "").toLowerCase() === ehloName.toLowerCase());
    if (!agrees)
      wrong.push(`${address} points to ${names.length > 0 ? names.map(({ data }) => data).join(", ") : "nothing"}`);
  }
  if (wrong.length === 0)
    return { name, state: "good", words: `${ehloName}: address and PTR agree (${addresses.join(", ")})` };
  return { name, state: "bad", words: `${ehloName}: ${wrong.join("; ")}: set the PTR record to ${ehloName}` };
}

async function checkClock({ now, otherClock }: DoctorWorld): Promise<Check> {
  const name = "clock";
  try {
    const off = Math.round((now() - (await otherClock())) / 1_000);
    if (Math.abs(off) * 1_000 <= clockToleranceMs)
      return { name, state: "good", words: `right within ${Math.abs(off)} s` };
    const side = off > 0 ? "ahead" : "behind";
    return { name, state: "bad", words: `${Math.abs(off)} s ${side}: certificates would be judged wrongly; start NTP` };
  } catch (error) {
    return { name, state: "unknown", words: `no other clock could be asked (${reason(error)})` };
  }
}

async function checkStore({ tryStore }: DoctorWorld): Promise<Check> {
  const name = "store";
  try {
    await tryStore();
    return { name, state: "good", words: "can be written and read" };
  } catch (error) {
    return { name, state: "bad", words: `can't be used: ${reason(error)}` };
  }
}

async function contactsOf({ checkContacts }: DoctorWorld): Promise<readonly Check[]> {
  try {
    return await checkContacts();
  } catch (error) {
    return [{ name: "messages", state: "unknown", words: `who is told can't be read: ${reason(error)}` }];
  }
}

async function canariesOf({ checkCanaries }: DoctorWorld): Promise<readonly Check[]> {
  try {
    return await checkCanaries();
  } catch (error) {
    return [{ name: "canaries", state: "unknown", words: `what they are can't be read: ${reason(error)}` }];
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
