import { describe, expect, it } from "vitest";
import { type CostInput, monthlyCost, targetsOf, totalOf } from "../../lib/model/cost.ts";
import { prices } from "../../lib/model/prices.ts";

const small: CostInput = {
  customers: 100,
  targets: targetsOf(100),
  everyMs: 300_000,
  vantages: 1,
  egress: "none",
  zones: 1,
  sqsEndpoint: false,
  customerKey: false,
  tracing: false,
  topics: 1,
  webAcl: "none",
};
const of = (what: string, change: Partial<CostInput> = {}) =>
  monthlyCost({ ...small, ...change }).find((line) => line.what === what)?.usd ?? 0;
const total = (change: Partial<CostInput> = {}) => totalOf(monthlyCost({ ...small, ...change }));

describe("what a fleet costs in a month", () => {
  it("is the sum of its lines, none of which is nothing", () => {
    const lines = monthlyCost(small);
    expect(lines.map(({ what }) => what)).toEqual(["functions", "queues", "tables", "scans", "watching", "traffic"]);
    expect(Math.min(...lines.map(({ usd }) => usd))).toBeGreaterThan(0);
    expect(totalOf(lines)).toBeCloseTo(lines.reduce((sum, { usd }) => sum + usd, 0));
  });

  it("a NAT gateway and its address cost by the hour, in each zone and at each vantage", () => {
    const one = 730 * (prices.nat.hour + prices.publicAddress.hour);
    expect(of("network", { egress: "nat-gateway" })).toBeCloseTo(one);
    expect(of("network", { egress: "nat-gateway", zones: 2 })).toBeCloseTo(2 * one);
    expect(of("network", { egress: "nat-gateway", vantages: 3 })).toBeCloseTo(3 * one);
    expect(of("network")).toBe(0);
  });

  it("a NAT instance is cheaper, and processes for nothing", () => {
    expect(of("network", { egress: "nat-instance" })).toBeLessThan(of("network", { egress: "nat-gateway" }) / 4);
    expect(of("traffic", { egress: "nat-instance" })).toBe(of("traffic"));
    expect(of("traffic", { egress: "nat-gateway" })).toBeGreaterThan(of("traffic"));
  });

  it("an endpoint has its own price, and spares the NAT the results", () => {
    const nat = { egress: "nat-gateway", customers: 10_000, targets: targetsOf(10_000) } as const;
    expect(of("network", { ...nat, sqsEndpoint: true }) - of("network", nat)).toBeCloseTo(730 * prices.endpoint.hour);
    expect(of("traffic", { ...nat, sqsEndpoint: true })).toBeLessThan(of("traffic", nat));
  });

  it("a firewall costs by the ACL, a secret and what is asked; its rules where they are ours", () => {
    const requests = 730 * 60;
    const own = prices.waf.aclMonth + prices.secret.month + requests * (prices.waf.request + prices.cloudFront.request);
    expect(of("firewall", { webAcl: "own" })).toBeCloseTo(own);
    expect(of("firewall", { webAcl: "managed" })).toBeCloseTo(own + 4 * prices.waf.ruleMonth);
    expect(of("firewall")).toBe(0);
  });

  it("scans cost by the jobs that their turns fill: a slice has one in each cycle at most", () => {
    const alone = of("scans", { customers: 1, targets: 1 });
    expect(of("scans", { targets: 10 })).toBeCloseTo(10 * alone, 5);
    const full = of("scans", { targets: 250 });
    expect(of("scans", { targets: 25_000 })).toBeCloseTo(100 * full, 5);
    expect(full).toBeLessThan(250 * alone);
    expect(of("scans", { vantages: 3 })).toBe(of("scans"));
  });

  it("looking twice as often costs twice the looks", () => {
    const often = { everyMs: small.everyMs / 2 };
    expect(of("traffic", often)).toBeCloseTo(2 * of("traffic"));
    expect(of("watching", often)).toBeLessThan(1.1 * of("watching"));
  });

  it.each<[string, Partial<CostInput>]>([
    ["customers", { customers: 101, targets: targetsOf(101) }],
    ["vantages", { vantages: 2 }],
    ["a key", { customerKey: true }],
    ["traces", { tracing: true }],
    ["topics", { topics: 2 }],
    ["firewall", { webAcl: "own" }],
  ])("more %s never cost less", (_, change) => {
    expect(total(change)).toBeGreaterThan(total());
  });
});
