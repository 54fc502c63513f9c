import { afterEach, describe, expect, it, test } from "vitest";
import type { DnsAnswer, Resolver } from "../../lib/model/ports.ts";
import { findMx } from "../../lib/protocols/dns/mx.ts";
import { parseServer } from "../../lib/world/dns-server-address.ts";
import { createResolver, createResolvers, withBudget } from "../../lib/world/resolver.ts";
import { type DnsServer, startDns, type Zone } from "../fakes/dns-server.ts";
import { fakeResolver } from "../fakes/resolver.ts";

const open: DnsServer[] = [];
let clock = 1_000_000;

afterEach(async () => {
  await Promise.all(open.splice(0).map((dns) => dns.close()));
  clock = 1_000_000;
});

async function serve(zone: Zone, options?: { minimum: number }): Promise<DnsServer> {
  const dns = await startDns(zone, options);
  open.push(dns);
  return dns;
}

const resolverAt = (...servers: DnsServer[]): Resolver =>
  createResolver({ servers: servers.map(({ address }) => address), now: () => clock });
/** For where silence is waited for. */
const impatientAt = (...servers: DnsServer[]): Resolver =>
  createResolver({ servers: servers.map(({ address }) => address), now: () => clock, timeoutMs: 600 });

const data = (answer: DnsAnswer) =>
  answer.kind === "answer" ? answer.records.map((record) => record.data) : answer.reason;

describe("a second server's own word", () => {
  it("is what those behind the first say", async () => {
    const [one, two] = [
      await serve({ "mx.example": { A: ["192.0.2.1"] } }),
      await serve({ "mx.example": { A: ["192.0.2.2"] } }),
    ];
    const { resolver, second } = createResolvers({ servers: [one.address, two.address], now: () => clock });
    expect(data(await resolver("mx.example", "A"))).toEqual(["192.0.2.1"]);
    expect(second && data(await second("mx.example", "A"))).toEqual(["192.0.2.2"]);
  });

  it("isn't there where one server is all there is", async () => {
    const dns = await serve({});
    expect(createResolvers({ servers: [dns.address], now: () => clock }).second).toBeNull();
  });

  it("an address that is none is told at once", () => {
    expect(() => createResolvers({ servers: ["192.0.2.1", "dns.example"], now: () => clock })).toThrow(TypeError);
  });
});

describe("asking one server", () => {
  it("answers with records, NODATA and NXDOMAIN told apart", async () => {
    const ask = resolverAt(await serve({ "mx.example": { A: ["192.0.2.1", "192.0.2.2"], AAAA: ["2001:db8::1"] } }));
    expect(data(await ask("mx.example", "A"))).toEqual(["192.0.2.1", "192.0.2.2"]);
    expect(data(await ask("MX.Example.", "AAAA"))).toEqual(["2001:db8::1"]);
    expect(await ask("mx.example", "MX")).toEqual({ kind: "answer", records: [], ttl: 300 });
    expect(await ask("gone.example", "A")).toEqual({ kind: "failed", reason: "nxdomain", ttl: 300 });
  });

  test.each(["servfail", "refused"] as const)("%s is a value", async (failure) => {
    const ask = resolverAt(await serve({ "mx.example": failure }));
    expect(await ask("mx.example", "A")).toEqual({ kind: "failed", reason: failure, ttl: 60 });
  });

  it("silence is a timeout, after the question was repeated", async () => {
    const dns = await serve({ "mx.example": "silence" });
    expect(await impatientAt(dns)("mx.example", "A")).toEqual({ kind: "failed", reason: "timeout", ttl: 60 });
    expect(dns.queries).toHaveLength(2);
  });

  it("nobody there is a timeout too", async () => {
    const dns = await startDns({});
    await dns.close();
    expect(await impatientAt(dns)("mx.example", "A")).toMatchObject({ kind: "failed", reason: "timeout" });
  });

  it("a record that can't be read is malformed", async () => {
    const ask = resolverAt(await serve({ "mx.example": "bad-record" }));
    expect(await ask("mx.example", "A")).toMatchObject({ kind: "failed", reason: "malformed" });
  });

  it("a name that can't be one is malformed and isn't asked for", async () => {
    const dns = await serve({});
    expect(await resolverAt(dns)("a b.example", "A")).toMatchObject({ kind: "failed", reason: "malformed" });
    expect(dns.queries).toEqual([]);
  });

  it("uses another id and another source port for each query (RFC 5452 §9)", async () => {
    const names = Array.from({ length: 40 }, (_, n) => `n${n}.example`);
    const dns = await serve(Object.fromEntries(names.map((name) => [name, { A: ["192.0.2.1"] }])));
    const ask = resolverAt(dns);
    await Promise.all(names.map((name) => ask(name, "A")));
    expect(new Set(dns.queries.map(({ port }) => port)).size).toBeGreaterThan(20);
    expect(new Set(dns.queries.map(({ id }) => id)).size).toBeGreaterThan(30);
  });
});

describe("what others send is not believed", () => {
  test.each(["id", "name", "type", "query", "garbage"] as const)(
    "a wrong %s is passed over and the right answer taken",
    async (forgery) => {
      const ask = resolverAt(await serve({ "mx.example": { A: ["192.0.2.1"], forged: [forgery] } }));
      expect(data(await ask("mx.example", "A"))).toEqual(["192.0.2.1"]);
    },
  );

  test.each(["id", "name", "type", "query", "garbage", "port"] as const)(
    "a wrong %s and then nothing is a timeout",
    async (forgery) => {
      const ask = impatientAt(await serve({ "mx.example": { A: ["192.0.2.1"], forged: [forgery], thenSilent: true } }));
      expect(data(await ask("mx.example", "A"))).toBe("timeout");
    },
  );
});

describe("TCP where UDP was cut (RFC 7766)", () => {
  it("brings the whole answer", async () => {
    const many = Array.from({ length: 200 }, (_, n) => `${n} mx${n}.some-long-name.example`);
    const dns = await serve({ "acme.example": { MX: many, truncated: true } });
    const answer = await resolverAt(dns)("acme.example", "MX");
    expect(answer.kind === "answer" && answer.records).toHaveLength(200);
    expect(dns.queries.map(({ by }) => by)).toEqual(["udp", "tcp"]);
  });

  it("that is cut again is malformed", async () => {
    const ask = resolverAt(await serve({ "acme.example": { MX: ["1 a.example"], truncated: "always" } }));
    expect(data(await ask("acme.example", "MX"))).toBe("malformed");
  });
});

describe("several servers", () => {
  test.each(["silence", "servfail", "refused", "bad-record"] as const)(
    "after %s the next one is asked",
    async (failure) => {
      const first = await serve({ "mx.example": failure });
      const second = await serve({ "mx.example": { A: ["192.0.2.1"] } });
      expect(data(await impatientAt(first, second)("mx.example", "A"))).toEqual(["192.0.2.1"]);
    },
  );

  it("NXDOMAIN is an answer: nobody else is asked", async () => {
    const second = await serve({ "mx.example": { A: ["192.0.2.1"] } });
    expect(data(await resolverAt(await serve({}), second)("mx.example", "A"))).toBe("nxdomain");
    expect(second.queries).toEqual([]);
  });

  it("a server's word outranks another's silence", async () => {
    const servers = [await serve({ "mx.example": "servfail" }), await serve({ "mx.example": "silence" })] as const;
    expect(data(await impatientAt(...servers)("mx.example", "A"))).toBe("servfail");
    expect(servers[0].queries).toHaveLength(1);
  });
});

describe("the cache", () => {
  it("answers until nine tenths of the TTL are over", async () => {
    const dns = await serve({ "mx.example": { A: ["192.0.2.1"], ttl: 100 } });
    const ask = resolverAt(dns);
    await ask("mx.example", "A");
    dns.set("mx.example", { A: ["192.0.2.2"] });
    clock += 89_999;
    expect(data(await ask("mx.example", "A"))).toEqual(["192.0.2.1"]);
    clock += 1;
    expect(data(await ask("mx.example", "A"))).toEqual(["192.0.2.2"]);
  });

  test.each<[string, Zone, number]>([
    ["NXDOMAIN as long as the SOA says", {}, 0.9 * 600_000],
    ["NODATA as long as the SOA says", { "mx.example": { MX: ["1 a.example"] } }, 0.9 * 600_000],
    ["SERVFAIL for less than a minute", { "mx.example": "servfail" }, 54_000],
  ])("keeps %s", async (_, zone, ms) => {
    const dns = await serve(zone, { minimum: 600 });
    const ask = resolverAt(dns);
    await ask("mx.example", "A");
    clock += ms - 1;
    await ask("mx.example", "A");
    expect(dns.queries).toHaveLength(1);
    clock += 1;
    await ask("mx.example", "A");
    expect(dns.queries).toHaveLength(2);
  });

  it("joins equal questions asked at once", async () => {
    const dns = await serve({ "mx.example": { A: ["192.0.2.1"] } });
    const ask = resolverAt(dns);
    const answers = await Promise.all([ask("mx.example", "A"), ask("MX.example", "A"), ask("mx.example.", "A")]);
    expect(new Set(answers).size).toBe(1);
    expect(dns.queries).toHaveLength(1);
  });
});

describe("a budget of queries", () => {
  it("answers 'budget' once it is spent", async () => {
    const resolver = fakeResolver({ "A a.example": ["192.0.2.1"], "A b.example": ["192.0.2.2"] });
    const ask = withBudget(resolver, 1);
    expect(data(await ask("a.example", "A"))).toEqual(["192.0.2.1"]);
    expect(await findMx("b.example", ask)).toMatchObject({ kind: "failed", reason: "budget" });
    expect(resolver.asked).toEqual(["A a.example"]);
  });
});

describe("where a server may be named", () => {
  test.each([
    ["192.0.2.1", { address: "192.0.2.1", port: 53 }],
    ["127.0.0.1:5353", { address: "127.0.0.1", port: 5353 }],
    ["::1", { address: "::1", port: 53 }],
    ["[::1]", { address: "::1", port: 53 }],
    ["[::1]:53", { address: "::1", port: 53 }],
    ["fe80::1%eth0", { address: "fe80::1%eth0", port: 53 }],
    ["dns.example", undefined],
    ["dns.example:53", undefined],
    ["127.0.0.1:0", undefined],
    ["127.0.0.1:65536", undefined],
    ["[127.0.0.1]:53", undefined],
    ["127.1:53", undefined],
    ["", undefined],
  ])("%j", (text, server) => {
    expect(parseServer(text)).toEqual(server);
  });

  it("says what was expected", () => {
    expect(() => createResolver({ servers: ["dns.example"], now: () => clock })).toThrow(
      "'dns.example' is no DNS server: expected an address like 192.0.2.1, 192.0.2.1:5353 or [2001:db8::1]:53",
    );
  });
});
