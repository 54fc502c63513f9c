import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import type { DnsAnswer } from "../../lib/model/ports.ts";
import { type EgressWorld, examineEgress } from "../../lib/steps/egress.ts";

const zone: Readonly<Record<string, readonly unknown[]>> = {
  "MX example.com": [{ preference: 10, exchange: "mx.example.com" }],
  "A mx.example.com": ["198.51.100.1"],
  "AAAA mx.example.com": ["2001:db8::1"],
  "A watch.example.net": ["203.0.113.9"],
  "PTR 9.113.0.203.in-addr.arpa": ["Watch.example.net."],
};

function world(
  over: Partial<EgressWorld> = {},
  records: Readonly<Record<string, readonly unknown[]>> = {},
): EgressWorld {
  const all = { ...zone, ...records };
  return {
    resolver: async (name, type): Promise<DnsAnswer> => ({
      kind: "answer",
      ttl: 300,
      records: (all[`${type} ${name}`] ?? []).map((data) => ({ name, type, ttl: 300, data })),
    }),
    dial: async () => ({ kind: "connected", socket: new PassThrough(), localAddress: "10.0.0.9" }),
    ehloName: "watch.example.net",
    publicDomains: ["example.com"],
    ownAddress: async () => "203.0.113.9",
    closedBecause: null,
    ...over,
  };
}

const states = async (of: EgressWorld) => (await examineEgress(of)).map(({ name, state }) => `${name}: ${state}`);
const said = async (of: EgressWorld, name: string) => {
  const check = (await examineEgress(of)).find((candidate) => candidate.name === name);
  return `${check?.state}: ${check?.words}`;
};

describe("how a vantage leaves", () => {
  it("is told in the order in which it is set up", async () => {
    expect(await states(world())).toEqual([
      "address: good",
      "A: good",
      "PTR: good",
      "port 25, IPv4: good",
      "port 25, IPv6: good",
      "blocklist: good",
    ]);
  });

  it("by a vantage that is blind for port 25 by design is a state, and no fault", async () => {
    const dial: EgressWorld["dial"] = () => Promise.reject(new Error("nobody dials"));
    const closed = world({ dial, closedBecause: "closed by design" });
    expect(await states(closed)).toEqual(["address: good", "port 25: warning"]);
    expect(await said(closed, "port 25")).toBe("warning: closed by design");
  });

  it("lacks a name, an A record, a PTR: each with what to do", async () => {
    expect(await said(world({ ehloName: "[203.0.113.9]" }), "A")).toMatch(/^bad: .*deploy with -c ehlo=NAME/);
    const other = world({}, { "A watch.example.net": ["192.0.2.1"] });
    expect(await said(other, "A")).toBe("bad: watch.example.net has 192.0.2.1: add an A record with 203.0.113.9");
    const nothing = world({}, { "PTR 9.113.0.203.in-addr.arpa": [] });
    expect(await said(nothing, "PTR")).toMatch(/^bad: 203.0.113.9 points to nothing: ask AWS for watch.example.net/);
  });

  it("port 25 that is closed is bad by IPv4, and a warning by IPv6, which most do without", async () => {
    const closed = world({ dial: async () => ({ kind: "failed", silence: "timeout" }) });
    expect(await said(closed, "port 25, IPv4")).toMatch(/^bad: closed/);
    expect(await said(closed, "port 25, IPv6")).toMatch(/^warning: closed/);
  });

  it("is asked of a blocklist, whose refusal says nothing about the address", async () => {
    const query = "A 9.113.0.203.zen.spamhaus.org";
    expect(await said(world({}, { [query]: ["127.0.0.4"] }), "blocklist")).toMatch(/^bad: .*listed.*127\.0\.0\.4/);
    expect(await said(world({}, { [query]: ["127.255.255.254"] }), "blocklist")).toMatch(/^unknown: .*doesn't answer/);
  });

  it("what can't be asked is unknown", async () => {
    const mute = world({ ownAddress: () => Promise.reject(new Error("no")) });
    expect(await states(mute)).toEqual(
      expect.arrayContaining(["address: unknown", "A: unknown", "blocklist: unknown"]),
    );
    const deaf = world({ resolver: async () => ({ kind: "failed", reason: "timeout", ttl: 60 }) });
    expect(await states(deaf)).toEqual([
      "address: good",
      "A: unknown",
      "PTR: unknown",
      "port 25, IPv4: unknown",
      "port 25, IPv6: unknown",
      "blocklist: unknown",
    ]);
  });
});
