/** The resolver: several servers, retries, a bounded cache, and a bound on what is in flight. */

import { getServers } from "node:dns";
import type { Clock, DnsAnswer, Resolver } from "../model/ports.ts";
import { failed } from "../protocols/dns/answer.ts";
import { asciiName } from "../protocols/dns/name.ts";
import { type DnsServerAddress, parseServer } from "./dns-server-address.ts";
import type { Asked } from "./dns-transport.ts";
import { createLimit } from "./limit.ts";

export interface ResolverOptions {
  /** `IP`, `IP:port` or `[v6]:port`, tried in this order; empty: the system's servers. */
  readonly servers: readonly string[];
  readonly now: Clock;
  /** How long one server is given for one answer, ms. */
  readonly timeoutMs?: number;
}

const defaultTimeoutMs = 2_000;
/** How often a silent server is asked; UDP loses packets. */
const rounds = 2;
const mostInFlight = 64;
const mostCached = 10_000;
/** Failures that may pass at any moment are remembered this long at most, ms. */
const failureHoldMs = 60_000;
/** An answer is held a tenth short of its TTL, so that who asks once a TTL never meets the last answer. */
const held = 0.9;

/** All servers as one resolver, and those behind the first as another: what one lost may be asked of the other. */
export function createResolvers(options: ResolverOptions): {
  readonly resolver: Resolver;
  readonly second: Resolver | null;
} {
  const servers = options.servers.length > 0 ? options.servers : getServers();
  const others = servers.slice(1).filter((server) => parseServer(server) !== undefined);
  return {
    resolver: createResolver(options),
    second: others.length > 0 ? createResolver({ ...options, servers: others }) : null,
  };
}

/**
 * A resolver that never rejects and holds nothing open between queries. Equal questions asked at once are one query.
 * Throws at once when a server isn't an address; see `parseServer` for what is one.
 */
export function createResolver({ servers, now, timeoutMs = defaultTimeoutMs }: ResolverOptions): Resolver {
  const addresses =
    servers.length > 0 ? servers.map(serverOf) : getServers().flatMap((text) => parseServer(text) ?? []);
  const cache = new Map<string, { readonly answer: DnsAnswer; readonly until: number }>();
  const asking = new Map<string, Promise<DnsAnswer>>();
  const limit = createLimit(mostInFlight);

  return (name, type) => {
    const ascii = asciiName(name);
    if (ascii === undefined) return Promise.resolve(failed("malformed"));
    const key = `${type} ${ascii}`;
    const known = cache.get(key);
    if (known && now() < known.until) return Promise.resolve(known.answer);
    const joined = asking.get(key);
    if (joined !== undefined) return joined;
    const query = limit(async () => {
      // Who names addresses alone never asks, and doesn't wait for the codec either.
      const { askServer } = await import("./dns-transport.ts");
      const answer = await ask(addresses, (server) => askServer(server, ascii, type, timeoutMs));
      asking.delete(key);
      // Deleted first, so that the oldest answers stand first and go first.
      cache.delete(key);
      cache.set(key, { answer, until: now() + holdMs(answer) });
      for (const oldest of cache.keys()) {
        if (cache.size <= mostCached) break;
        cache.delete(oldest);
      }
      return answer;
    });
    asking.set(key, query);
    return query;
  };
}

/**
 * The same resolver with at most `most` questions; every further one is answered `budget`. Bounds what one step, or one
 * hostile domain, can make us ask.
 */
export function withBudget(resolver: Resolver, most: number): Resolver {
  let left = most;
  return (name, type) => (left-- > 0 ? resolver(name, type) : Promise.resolve(failed("budget")));
}

/** Goes on to the next server after silence or a failure of the server's own; the last failure heard outranks silence. */
async function ask(
  servers: readonly DnsServerAddress[],
  askOne: (server: DnsServerAddress) => Promise<Asked>,
): Promise<DnsAnswer> {
  let failure = failed("timeout");
  let silent = servers;
  for (let round = 0; round < rounds; round++) {
    const stillSilent: DnsServerAddress[] = [];
    for (const server of silent) {
      const answer = await askOne(server);
      if (answer.kind === "silence") stillSilent.push(server);
      else if (answer.kind === "answer" || answer.reason === "nxdomain") return answer;
      else failure = answer;
    }
    silent = stillSilent;
  }
  return failure;
}

function holdMs(answer: DnsAnswer): number {
  const ms = answer.ttl * 1_000 * held;
  return answer.kind === "failed" && answer.reason !== "nxdomain" ? Math.min(ms, failureHoldMs) : ms;
}

function serverOf(text: string): DnsServerAddress {
  const server = parseServer(text);
  if (server === undefined) {
    throw new TypeError(
      `'${text}' is no DNS server: expected an address like 192.0.2.1, 192.0.2.1:5353 or [2001:db8::1]:53`,
    );
  }
  return server;
}
