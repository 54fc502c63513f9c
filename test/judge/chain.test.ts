import { describe, expect, it } from "vitest";
import { type CustomerFacts, judgeCustomer } from "../../lib/judge/chain.ts";
import { type Customer, defaultRequirement, type Gateway, seedTlsModeRule } from "../../lib/model/customer.ts";
import type { DomainFacts, HostFacts, MxAnswer } from "../../lib/model/domain-facts.ts";
import type { Outcome } from "../../lib/model/observation.ts";
import type { HopStatus, TargetLook } from "../../lib/model/status.ts";
import { certificate, encrypted, every, hour, leaf, look, now, reply } from "./build.ts";

const gateway: Gateway = { id: "acme-gateway", hosts: ["mx1.gateway.example"], port: 25 };

const acme: Customer = {
  id: "acme",
  created: "2020-01-01",
  gateway: "acme-gateway",
  domains: [{ name: "acme.example", tlsMode: null }],
  downstream: [{ host: "mail.acme.example", port: 25, tls: "starttls", name: "mail.acme.example" }],
  require: { gateway: defaultRequirement, downstream: defaultRequirement },
  vantage: { gateway: null, downstream: null },
  allowPrivate: false,
  contacts: [],
};

const host = (name: string, ...addresses: string[]): HostFacts => ({
  host: name,
  addresses,
  aliases: [],
  failure: null,
  ttl: 300,
});
const mxOf = (...hosts: string[]): MxAnswer => ({
  kind: "mx",
  records: hosts.map((name, index) => ({ host: name, preference: 10 * (index + 1) })),
  cut: 0,
  ttl: 300,
});
const domain = (mx: MxAnswer, hosts: readonly HostFacts[], changes: Partial<DomainFacts> = {}): DomainFacts => ({
  domain: "acme.example",
  mx,
  failure: null,
  hosts,
  ...changes,
});

const gatewayHost = host("mx1.gateway.example", "198.51.100.1");
const good = (name: string, age = 0): TargetLook =>
  look(encrypted({}, certificate({ leaf: leaf({ dnsNames: [name] }) })), null, age);
const lost: Outcome = { kind: "starttls-absent", how: "absent" };
const refused: Outcome = { kind: "refused-by-policy", stage: "banner", reply: reply(554, "denied") };

const looks = {
  "198.51.100.1:25": good("mx1.gateway.example"),
  "203.0.113.5:25": good("mail.acme.example"),
};

function facts(
  changes: Partial<CustomerFacts> = {},
  seen: Readonly<Record<string, TargetLook>> = looks,
): CustomerFacts {
  return {
    customer: acme,
    gateway,
    settings: { tlsModeRule: seedTlsModeRule, vantages: [] },
    domains: new Map([["acme.example", domain(mxOf("mx1.gateway.example"), [gatewayHost])]]),
    hosts: new Map([["mail.acme.example", host("mail.acme.example", "203.0.113.5")]]),
    look: (key, vantage) => (vantage === "here" ? seen[key] : undefined),
    ...changes,
  };
}

const judge = (of: CustomerFacts) => judgeCustomer(of, { now, everyMs: every });
const hop = (of: CustomerFacts, kind: HopStatus["kind"]): HopStatus => {
  const found = judge(of).chains[0]?.hops.find((one) => one.kind === kind);
  if (found === undefined) throw new Error(`no hop ${kind}`);
  return found;
};
const codes = ({ findings }: Pick<HopStatus, "findings">) => findings.map(({ code }) => code);
const withDomain = (known: DomainFacts) => facts({ domains: new Map([["acme.example", known]]) });
const withMode = (tlsMode: "enabled" | "disabled" | "enforced", changes: Partial<Customer> = {}) =>
  facts({ customer: { ...acme, domains: [{ name: "acme.example", tlsMode }], ...changes } });

describe("internet → gateway → customer", () => {
  it("is secure where both hops are, and says where it leads", () => {
    const status = judge(facts());
    expect(status).toMatchObject({ id: "acme", verdict: "secure", at: now });
    expect(status.chains[0]).toMatchObject({ domain: "acme.example", tlsMode: "enabled", verdict: "secure" });
    expect(status.chains[0]?.hops.map(({ from, to, verdict }) => [from, to, verdict])).toEqual([
      ["internet", "acme-gateway", "secure"],
      ["acme-gateway", "acme", "secure"],
    ]);
  });

  it("judges the gateway under its MX name, and the server under the customer's", () => {
    const [first, second] = judge(facts()).chains[0]?.hops ?? [];
    expect(first?.targets[0]).toMatchObject({ key: "198.51.100.1:25", name: "mx1.gateway.example", preference: 10 });
    expect(second?.targets[0]).toMatchObject({ key: "203.0.113.5:25", name: "mail.acme.example", preference: null });
  });

  it("a chain takes its worst hop, a customer its worst chain", () => {
    const broken = facts({}, { ...looks, "203.0.113.5:25": look(lost) });
    const two = { ...broken, customer: { ...acme, domains: [...acme.domains, { name: "b.example", tlsMode: null }] } };
    expect(judge(broken)).toMatchObject({ verdict: "lost" });
    expect(judge(two).chains.map(({ domain: name, verdict }) => [name, verdict])).toEqual([
      ["acme.example", "lost"],
      ["b.example", "lost"],
    ]);
  });

  it("says that nobody is told to insist, as information, on a secure hop only", () => {
    expect(codes(hop(facts(), "gateway"))).toEqual(["hop.downgradable"]);
    expect(hop(facts(), "gateway").findings[0]?.severity).toBe("info");
    expect(codes(hop(facts({}, {}), "gateway"))).toEqual([]);
    const enforced = hop(withMode("enforced"), "downstream");
    expect([enforced.enforcement, codes(enforced)]).toEqual(["configured", []]);
  });

  it("a customer without domains has the second hop only", () => {
    const status = judge(facts({ customer: { ...acme, domains: [] } }));
    expect(status.chains).toHaveLength(1);
    expect(status.chains[0]).toMatchObject({ domain: null, tlsMode: null, verdict: "secure" });
    expect(status.chains[0]?.hops.map(({ kind }) => kind)).toEqual(["downstream"]);
  });

  it("a customer with domains and no servers has the first hop only", () => {
    const status = judge(facts({ customer: { ...acme, downstream: [], gateway: null }, gateway: null }));
    expect(status.chains[0]?.hops.map(({ kind, to }) => [kind, to])).toEqual([["gateway", "acme.example"]]);
  });

  it("an address is dialled as it is, under the name it was given", () => {
    const customer: Customer = {
      ...acme,
      downstream: [{ host: "203.0.113.5", port: 25, tls: "starttls", name: "mail.acme.example" }],
    };
    expect(hop(facts({ customer, hosts: new Map() }), "downstream").verdict).toBe("secure");
  });

  it("a gateway in a lab is dialled where it listens", () => {
    expect(hop(facts({ gateway: { ...gateway, port: 2525 } }), "gateway").targets[0]?.key).toBe("198.51.100.1:2525");
  });

  it("a customer's own vantage is where its hop is seen from", () => {
    const customer: Customer = { ...acme, vantage: { gateway: null, downstream: "inside" } };
    const look = (key: string, vantage: string) =>
      vantage === "inside" ? good("mail.acme.example") : looks[key as keyof typeof looks];
    const seen = hop(facts({ customer, look }), "downstream");
    expect([seen.verdict, seen.targets[0]?.vantage]).toEqual(["secure", "inside"]);
  });
});

describe("the worst of several targets: lost > weak > unverified > unknown > stale > secure", () => {
  const addresses = ["198.51.100.1", "198.51.100.2"];
  const pair = (a: TargetLook | undefined, b: TargetLook | undefined) => {
    const seen = Object.fromEntries([a, b].flatMap((one, at) => (one ? [[`${addresses[at]}:25`, one]] : [])));
    const known = domain(mxOf("mx1.gateway.example"), [host("mx1.gateway.example", ...addresses)]);
    return hop(facts({ domains: new Map([["acme.example", known]]) }, seen), "gateway").verdict;
  };
  const name = "mx1.gateway.example";
  const weak = look(encrypted({ protocol: "TLSv1" }, certificate({ leaf: leaf({ dnsNames: [name] }) })));
  const unverified = look(encrypted({}, certificate({ trust: "self-signed", leaf: leaf({ dnsNames: [name] }) })));

  it.each([
    ["lost", look(lost), weak],
    ["weak", weak, unverified],
    ["unverified", unverified, undefined],
    ["unknown", undefined, good(name, hour)],
    ["stale", good(name, hour), good(name)],
    ["secure", good(name), good(name)],
  ] as const)("%s", (expected, worse, better) => {
    expect([pair(worse, better), pair(better, worse)]).toEqual([expected, expected]);
  });

  it("names its age", () => {
    const seen = hop(facts({}, { "198.51.100.1:25": good(name, hour) }), "gateway");
    expect(seen).toMatchObject({ verdict: "stale", stale: true, lastSeen: now - hour, since: now - hour });
    expect(seen.targets[0]).toMatchObject({ verdict: "stale", lastKnown: "secure" });
  });
});

describe("what DNS says", () => {
  it("not asked yet is unknown without a finding", () => {
    expect(hop(facts({ domains: new Map() }), "gateway")).toMatchObject({
      verdict: "unknown",
      findings: [],
      counts: true,
    });
  });

  it("a failure with nothing known is unknown", () => {
    const failed = hop(
      withDomain(domain({ kind: "failed", reason: "servfail", ttl: 60 }, [], { failure: "servfail" })),
      "gateway",
    );
    expect([failed.verdict, codes(failed)]).toEqual(["unknown", ["dns.failed"]]);
    expect(failed.findings[0]?.evidence).toEqual(["MX of acme.example: servfail"]);
  });

  it("a failure while MX are known is told, and they are still judged", () => {
    const failed = hop(
      withDomain(domain(mxOf("mx1.gateway.example"), [gatewayHost], { failure: "timeout" })),
      "gateway",
    );
    expect(failed.verdict).toBe("secure");
    expect(codes(failed)).toContain("dns.failed");
  });

  it("an MX without addresses leaves that part unknown", () => {
    const known = domain(mxOf("mx1.gateway.example", "mx2.gateway.example"), [
      gatewayHost,
      host("mx2.gateway.example"),
    ]);
    const part = hop(facts({ domains: new Map([["acme.example", known]]), gateway: null }), "gateway");
    expect([part.verdict, codes(part)]).toEqual(["unknown", ["dns.failed"]]);
    expect(part.findings[0]?.evidence).toEqual(["mx2.gateway.example has no address"]);
  });

  it("a null MX doesn't count into the chain (RFC 7505)", () => {
    const none = withDomain(domain({ kind: "null-mx", ttl: 300 }, []));
    expect(hop(none, "gateway")).toMatchObject({ verdict: "unknown", counts: false });
    expect(codes(hop(none, "gateway"))).toEqual(["dns.null-mx"]);
    expect(judge(none).verdict).toBe("secure");
  });

  it("more than 20 MX are cut visibly", () => {
    const many: MxAnswer = { kind: "mx", records: [{ host: "mx1.gateway.example", preference: 1 }], cut: 7, ttl: 300 };
    expect(codes(hop(withDomain(domain(many, [gatewayHost])), "gateway"))).toContain("mx.truncated");
  });

  it("an MX that isn't the gateway's is told and judged", () => {
    const known = domain(mxOf("mx1.gateway.example", "old.acme.example"), [
      gatewayHost,
      host("old.acme.example", "203.0.113.9"),
    ]);
    const bypassed = hop(
      facts({ domains: new Map([["acme.example", known]]) }, { ...looks, "203.0.113.9:25": look(lost) }),
      "gateway",
    );
    expect(bypassed.verdict).toBe("lost");
    expect(bypassed.findings.find(({ code }) => code === "mx.bypasses-gateway")?.evidence).toEqual([
      "acme.example MX 20 old.acme.example",
    ]);
  });

  it("an MX that is an alias is told", () => {
    const alias = { ...gatewayHost, aliases: ["real.gateway.example"] };
    expect(codes(hop(withDomain(domain(mxOf("mx1.gateway.example"), [alias])), "gateway"))).toContain("mx.alias");
  });
});

describe("TLS mode is a fact (design rule 5)", () => {
  it("disabled: the second hop is in clear however good the server is, and says where to enable it", () => {
    const clear = hop(withMode("disabled"), "downstream");
    expect(clear).toMatchObject({ verdict: "lost", encryption: "none", counts: true });
    expect(codes(clear)).toEqual(["gateway.tls-mode-disabled"]);
    expect(clear.findings[0]?.advice).toContain("TLS mode");
    expect(clear.targets[0]).toMatchObject({ verdict: "secure" });
    expect(judge(withMode("disabled")).verdict).toBe("lost");
  });

  it("accounts made before 2016 have it disabled by rule, others enabled", () => {
    const created = (date: string | null) => judge(facts({ customer: { ...acme, created: date } })).chains[0]?.tlsMode;
    expect([created("2015-12-31"), created("2016-01-01"), created(null)]).toEqual(["disabled", "enabled", "enabled"]);
  });

  it("disabled is said even where no server was named", () => {
    expect(codes(hop(withMode("disabled", { downstream: [] }), "downstream"))).toEqual(["gateway.tls-mode-disabled"]);
  });

  it("enforced: what would go in clear waits instead", () => {
    const enforced = { ...withMode("enforced"), look: () => look(lost) };
    expect(hop(enforced, "downstream").targets[0]?.findings[0]?.consequence).toBe("mail queues and bounces");
    expect(hop(enforced, "gateway").targets[0]?.findings[0]?.consequence).toBe("mail goes in clear");
  });
});

describe("a place without IPv6", () => {
  const unrouted: Outcome = { kind: "no-answer", stage: "connect", silence: "network-unreachable" };
  const v6 = "[2001:db8::5]:25";
  const dual = domain(mxOf("mx1.gateway.example"), [{ ...gatewayHost, addresses: ["203.0.113.1", "2001:db8::5"] }]);
  const seen = (v4: TargetLook) =>
    hop({ ...withDomain(dual), look: (key) => (key === v6 ? look(null, unrouted) : v4) }, "gateway");

  it("judges a host by the address that it has a way to, and says what it didn't look at", () => {
    const judged = seen(good("mx1.gateway.example"));
    expect(judged).toMatchObject({ verdict: "secure", counts: true });
    expect(judged.targets.map(({ key, counts }) => [key, counts])).toContainEqual([v6, false]);
    expect(judged.targets.find(({ key }) => key === v6)?.findings).toMatchObject([
      { code: "unreachable", severity: "info" },
    ]);
  });

  it("knows nothing where it has a way to no address", () => {
    expect(seen(look(null, unrouted))).toMatchObject({ verdict: "unknown", counts: true });
  });
});

describe("refused from outside, as it should be", () => {
  it("does not count into the chain", () => {
    const outside = facts({}, { ...looks, "203.0.113.5:25": look(null, refused) });
    expect(hop(outside, "downstream")).toMatchObject({ verdict: "unknown", counts: false });
    expect(judge(outside).verdict).toBe("secure");
  });

  it("counts from a vantage that the customer named", () => {
    const customer: Customer = { ...acme, vantage: { gateway: null, downstream: "inside" } };
    const inside = facts({ customer, look: () => look(null, refused) });
    expect(hop(inside, "downstream")).toMatchObject({ verdict: "unknown", counts: true });
  });
});

describe("a target as several vantages see it", () => {
  const vantages = [{ id: "eu2", sourceAddress: null, sees: "internet" }] as const;
  const gatewaySeen = (
    here: TargetLook | undefined,
    there: TargetLook | undefined,
    changes: Partial<CustomerFacts> = {},
  ) =>
    hop(
      facts({
        settings: { tlsModeRule: seedTlsModeRule, vantages },
        look: (_, vantage) => (vantage === "here" ? here : vantage === "eu2" ? there : undefined),
        ...changes,
      }),
      "gateway",
    );
  const well = good("mx1.gateway.example");
  const rows = ({ targets }: HopStatus) => targets.map(({ vantage, verdict, counts }) => [vantage, verdict, counts]);

  it("has a row for each of them", () => {
    const both = gatewaySeen(well, well);
    expect(rows(both)).toEqual([
      ["here", "secure", true],
      ["eu2", "secure", true],
    ]);
    expect([both.verdict, codes(both)]).toEqual(["secure", ["hop.downgradable"]]);
  });

  it("is not lost because one path strips: that is a finding of its own", () => {
    const partial = gatewaySeen(well, look(lost));
    expect(partial.verdict).toBe("secure");
    expect(rows(partial)).toEqual([
      ["here", "secure", true],
      ["eu2", "lost", false],
    ]);
    expect(partial.findings[0]).toMatchObject({
      code: "starttls.partial",
      severity: "critical",
      evidence: ["198.51.100.1:25 from here: encrypted", "198.51.100.1:25 from eu2: in clear"],
    });
  });

  it("is lost where it is lost from everywhere", () => {
    expect(gatewaySeen(look(lost), look(lost))).toMatchObject({ verdict: "lost", encryption: "none" });
    expect(codes(gatewaySeen(look(lost), look(lost)))).not.toContain("starttls.partial");
  });

  it("is worth what was seen, where another one sees nothing, was never there or is stale", () => {
    const silent = look(null, { kind: "no-answer", stage: "connect", silence: "timeout" });
    for (const other of [silent, undefined, good("mx1.gateway.example", 4 * every)]) {
      expect(gatewaySeen(well, other)).toMatchObject({ verdict: "secure", stale: false });
    }
    expect(gatewaySeen(look(lost), silent).verdict).toBe("lost");
    expect(gatewaySeen(silent, silent).verdict).toBe("unknown");
  });

  it("is stale where nobody has a fresh answer and one has an old one", () => {
    const stale = gatewaySeen(good("mx1.gateway.example", 4 * every), undefined);
    expect([stale.verdict, stale.stale]).toEqual(["stale", true]);
  });

  it("of a customer that names a vantage has one row", () => {
    const named = { customer: { ...acme, vantage: { gateway: "eu2", downstream: null } } };
    expect(rows(gatewaySeen(well, look(lost), named))).toEqual([["eu2", "lost", true]]);
    expect(gatewaySeen(well, look(lost), named).verdict).toBe("lost");
  });

  it("queues mail on that path where the gateway enforces TLS", () => {
    const enforced = hop(
      {
        ...withMode("enforced"),
        settings: { tlsModeRule: seedTlsModeRule, vantages },
        look: (_, vantage) => (vantage === "here" ? good("mail.acme.example") : look(lost)),
      },
      "downstream",
    );
    const partial = enforced.findings.find(({ code }) => code === "starttls.partial");
    expect(partial?.consequence).toBe("mail queues and bounces");
  });
});
