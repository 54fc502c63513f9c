import { describe, expect, it } from "vitest";
import { findDomain, findHost } from "../../../lib/protocols/dns/host.ts";
import { fakeResolver } from "../../fakes/resolver.ts";

describe("the addresses of a host", () => {
  it("are all A and AAAA records, IPv4 first, sorted, canonical, each once", async () => {
    const resolver = fakeResolver({
      "A mx.example": ["192.0.2.9", "192.0.2.10", "192.0.2.9"],
      "AAAA mx.example": ["2001:0DB8:0:0:0:0:0:2", "2001:db8::1"],
    });
    expect(await findHost("MX.example.", resolver)).toEqual({
      host: "mx.example",
      addresses: ["192.0.2.10", "192.0.2.9", "2001:db8::1", "2001:db8::2"],
      aliases: [],
      failure: null,
      ttl: 300,
    });
  });

  it("may be of one family only", async () => {
    const resolver = fakeResolver({ "A mx.example": ["192.0.2.1"] });
    expect(await findHost("mx.example", resolver)).toMatchObject({ addresses: ["192.0.2.1"], failure: null });
  });

  it("may be none at all", async () => {
    const resolver = fakeResolver({ "MX mx.example": ["10 a.example"] });
    expect(await findHost("mx.example", resolver)).toMatchObject({ addresses: [], failure: null });
  });

  it("are kept when the other family fails, and the failure is told", async () => {
    const resolver = fakeResolver({ "A mx.example": ["192.0.2.1"], "AAAA mx.example": "servfail" });
    expect(await findHost("mx.example", resolver)).toMatchObject({ addresses: ["192.0.2.1"], failure: "servfail" });
  });

  it("a server's word outranks silence", async () => {
    const resolver = fakeResolver({ "A mx.example": "timeout", "AAAA mx.example": "servfail" });
    expect(await findHost("mx.example", resolver)).toMatchObject({ addresses: [], failure: "servfail" });
  });

  it("that doesn't exist says so", async () => {
    expect(await findHost("gone.example", fakeResolver({}))).toMatchObject({ addresses: [], failure: "nxdomain" });
  });

  it("records of another family or of another name are not believed", async () => {
    const resolver = fakeResolver({ "A mx.example": ["2001:db8::1", "other.example A 192.0.2.66", "192.0.2.1"] });
    expect(await findHost("mx.example", resolver)).toMatchObject({ addresses: ["192.0.2.1"] });
  });

  it("an alias is told, with each name it leads through (RFC 2181 §10.3)", async () => {
    const through = ["mx.example CNAME b.example", "b.example CNAME c.example"];
    const resolver = fakeResolver({
      "A mx.example": [...through, "c.example A 192.0.2.1"],
      "AAAA mx.example": through,
      "A c.example": ["192.0.2.1"],
    });
    expect(await findHost("mx.example", resolver)).toMatchObject({
      addresses: ["192.0.2.1"],
      aliases: ["b.example", "c.example"],
      failure: null,
    });
  });

  it("a flood of addresses is bounded", async () => {
    const many = Array.from({ length: 500 }, (_, n) => `10.0.${n >> 8}.${n & 255}`);
    const { addresses } = await findHost("mx.example", fakeResolver({ "A mx.example": many }));
    expect(addresses).toHaveLength(64);
  });
});

describe("all that DNS says of a domain", () => {
  it("has one entry for each exchange, in their order", async () => {
    const resolver = fakeResolver({
      "MX acme.example": ["20 a.example", "10 b.example"],
      "A a.example": ["192.0.2.1"],
      "A b.example": ["192.0.2.2"],
    });
    const { hosts } = await findDomain("acme.example", resolver);
    expect(hosts.map(({ host, addresses }) => [host, ...addresses])).toEqual([
      ["b.example", "192.0.2.2"],
      ["a.example", "192.0.2.1"],
    ]);
  });

  it("looks nothing up behind a null MX", async () => {
    const resolver = fakeResolver({ "MX acme.example": ["0 ."], "A acme.example": ["192.0.2.1"] });
    expect(await findDomain("acme.example", resolver)).toMatchObject({ mx: { kind: "null-mx" }, hosts: [] });
    expect(resolver.asked).toEqual(["MX acme.example"]);
  });
});
