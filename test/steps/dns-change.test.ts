import { describe, expect, it, test } from "vitest";
import type { DnsFailure, HostFacts, MxAnswer } from "../../lib/model/domain-facts.ts";
import { domainAfter, hostAfter } from "../../lib/steps/dns-change.ts";
import type { StoredDomain, StoredHost } from "../../lib/store/store.ts";

const mx = (...hosts: readonly string[]): MxAnswer => ({
  kind: "mx",
  records: hosts.map((host, at) => ({ host, preference: at * 10 })),
  cut: 0,
  ttl: 300,
});
const failing = (reason: DnsFailure): MxAnswer => ({ kind: "failed", reason, ttl: 60 });
const facts = (addresses: readonly string[], over: Partial<HostFacts> = {}): HostFacts => ({
  host: "mx.example",
  addresses,
  aliases: [],
  failure: null,
  ttl: 300,
  ...over,
});

describe("a domain's exchanges", () => {
  const old: StoredDomain = { domain: "acme.example", mx: mx("a.example", "b.example"), since: 100, failure: null };

  it("at first sight are stored and are no event", () => {
    expect(domainAfter("acme.example", undefined, mx("a.example"), 100)).toEqual({
      stored: { domain: "acme.example", mx: mx("a.example"), since: 100, failure: null },
      event: null,
      moves: true,
    });
  });

  it("are not written when only the TTL changed", () => {
    expect(domainAfter("acme.example", old, { ...old.mx, ttl: 60 }, 200)).toBeNull();
  });

  it("that came and went are told by name", () => {
    expect(domainAfter("acme.example", old, mx("b.example", "c.example"), 200)).toEqual({
      stored: { domain: "acme.example", mx: mx("b.example", "c.example"), since: 200, failure: null },
      event: {
        at: 200,
        kind: "dns",
        subject: "acme.example",
        came: ["c.example"],
        went: ["a.example"],
        note: "MX: 0 b.example, 10 c.example",
      },
      moves: true,
    });
  });

  test.each<[MxAnswer, string]>([
    [{ kind: "null-mx", ttl: 300 }, "MX: null MX, the domain takes no mail (RFC 7505)"],
    [
      { kind: "implicit", records: [{ host: "acme.example", preference: 0 }], ttl: 300 },
      "MX: none, so acme.example itself takes the mail (RFC 5321 §5.1)",
    ],
    [
      { kind: "mx", records: [{ host: "a.example", preference: 1 }], cut: 2, ttl: 300 },
      "MX: 1 a.example and 2 more that are left out",
    ],
  ])("%j", (found, note) => {
    expect(domainAfter("acme.example", old, found, 200)).toMatchObject({ event: { note }, moves: true });
  });

  test.each(["servfail", "timeout", "nxdomain", "refused"] as const)(
    "outlive %s: the failure stands beside the last good answer",
    (reason) => {
      expect(domainAfter("acme.example", old, failing(reason), 200)).toEqual({
        stored: { ...old, failure: { reason, since: 200 } },
        event: {
          at: 200,
          kind: "dns",
          subject: "acme.example",
          came: [],
          went: [],
          note: `MX lookup fails: ${reason}; what was last known stays in use`,
        },
        moves: reason === "nxdomain",
      });
    },
  );

  it("that go on failing are not written again", () => {
    const broken = { ...old, failure: { reason: "servfail", since: 200 } } as const;
    expect(domainAfter("acme.example", broken, failing("servfail"), 300)).toBeNull();
    expect(domainAfter("acme.example", broken, failing("timeout"), 300)?.stored.failure).toEqual({
      reason: "timeout",
      since: 200,
    });
  });

  it("that are answered again, unchanged, are no move", () => {
    const broken = { ...old, failure: { reason: "servfail", since: 200 } } as const;
    expect(domainAfter("acme.example", broken, old.mx, 300)).toMatchObject({
      stored: old,
      event: { came: [], went: [], note: "MX lookup answered again, nothing else changed" },
      moves: false,
    });
  });

  it("that were never known are the failure itself, until the first answer", () => {
    const first = domainAfter("acme.example", undefined, failing("timeout"), 100);
    expect(first).toMatchObject({
      stored: { mx: failing("timeout"), failure: { reason: "timeout", since: 100 } },
      moves: false,
    });
    const second = domainAfter("acme.example", first?.stored, failing("nxdomain"), 200);
    expect(second?.stored).toMatchObject({ mx: failing("nxdomain"), failure: { reason: "nxdomain", since: 100 } });
    const third = domainAfter("acme.example", second?.stored, mx("a.example"), 300);
    expect(third).toMatchObject({
      stored: { mx: mx("a.example"), since: 300, failure: null },
      event: { came: ["a.example"] },
      moves: true,
    });
  });
});

describe("a host's addresses", () => {
  const old: StoredHost = {
    facts: facts(["192.0.2.1", "192.0.2.2", "2001:db8::1"]),
    since: 100,
    failure: null,
    pool: null,
  };

  it("that came and went are told", () => {
    expect(hostAfter(old, facts(["192.0.2.2", "192.0.2.3", "2001:db8::1"]), 200)).toMatchObject({
      stored: { since: 200, failure: null },
      event: {
        subject: "mx.example",
        came: ["192.0.2.3"],
        went: ["192.0.2.1"],
        note: "addresses: 1 came, 1 went, 3 in use",
      },
      moves: true,
    });
  });

  it("are not written when only the TTL changed", () => {
    expect(hostAfter(old, { ...old.facts, ttl: 60 }, 200)).toBeNull();
  });

  it("of a family that fails stay as they were, and the failure shows", () => {
    expect(hostAfter(old, facts(["192.0.2.1", "192.0.2.2"], { failure: "servfail" }), 200)).toMatchObject({
      stored: {
        facts: { addresses: old.facts.addresses, failure: "servfail" },
        since: 100,
        failure: { reason: "servfail", since: 200 },
      },
      event: { came: [], went: [], note: "address lookup fails: servfail; what was last known stays in use" },
      moves: false,
    });
  });

  it("of the family that answers change all the same", () => {
    const change = hostAfter(old, facts(["192.0.2.9"], { failure: "timeout" }), 200);
    expect(change?.stored.facts.addresses).toEqual(["192.0.2.9", "2001:db8::1"]);
  });

  it("outlive the host's failing, its alias too", () => {
    const aliased: StoredHost = { ...old, facts: { ...old.facts, aliases: ["real.example"] } };
    expect(hostAfter(aliased, facts([], { failure: "nxdomain" }), 200)?.stored.facts).toMatchObject({
      addresses: old.facts.addresses,
      aliases: ["real.example"],
      failure: "nxdomain",
    });
  });

  it("that are gone by DNS's own word are gone", () => {
    expect(hostAfter(old, facts([]), 200)).toMatchObject({ stored: { facts: { addresses: [] } }, moves: true });
  });

  it("an alias that comes or goes is told and moves nothing", () => {
    const aliased = facts(old.facts.addresses, { aliases: ["b.example", "c.example"] });
    const change = hostAfter(old, aliased, 200);
    expect(change).toMatchObject({
      stored: { since: 100 },
      event: { note: "alias of b.example → c.example" },
      moves: false,
    });
    expect(change && hostAfter(change.stored, old.facts, 300)).toMatchObject({ event: { note: "no alias any more" } });
  });
});
