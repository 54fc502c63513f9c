import { describe, expect, it, test } from "vitest";
import { findMx } from "../../../lib/protocols/dns/mx.ts";
import { fakeResolver } from "../../fakes/resolver.ts";

describe("MX resolution (RFC 5321 §5.1)", () => {
  it("gives the best preference first", async () => {
    const resolver = fakeResolver({ "MX acme.example": ["20 b.example", "10 a.example", "5 z.example"] });
    expect(await findMx("acme.example", resolver)).toEqual({
      kind: "mx",
      records: [
        { host: "z.example", preference: 5 },
        { host: "a.example", preference: 10 },
        { host: "b.example", preference: 20 },
      ],
      cut: 0,
      ttl: 300,
    });
  });

  it("keeps equal preferences in one order, however the answer is rotated", async () => {
    const hosts = ["10 c.example", "10 a.example", "10 b.example"];
    const one = await findMx("acme.example", fakeResolver({ "MX acme.example": hosts }));
    const other = await findMx("acme.example", fakeResolver({ "MX acme.example": hosts.toReversed() }));
    expect(one).toEqual(other);
    expect(one).toMatchObject({ records: [{ host: "a.example" }, { host: "b.example" }, { host: "c.example" }] });
  });

  it("names each host once, under its best preference", async () => {
    const resolver = fakeResolver({ "MX acme.example": ["20 a.example", "30 A.EXAMPLE.", "10 a.example"] });
    expect(await findMx("acme.example", resolver)).toMatchObject({ records: [{ host: "a.example", preference: 10 }] });
  });

  it("falls back to the domain itself when there is no MX", async () => {
    const resolver = fakeResolver({ "A acme.example": ["192.0.2.1"] });
    expect(await findMx("acme.example", resolver)).toEqual({
      kind: "implicit",
      records: [{ host: "acme.example", preference: 0 }],
      ttl: 300,
    });
  });

  test.each(["servfail", "timeout", "refused", "malformed", "nxdomain", "budget"] as const)(
    "does not fall back on %s",
    async (reason) => {
      const resolver = fakeResolver({ "MX acme.example": reason, "A acme.example": ["192.0.2.1"] });
      expect(await findMx("acme.example", resolver)).toMatchObject({ kind: "failed", reason });
    },
  );

  it("does not fall back when there are MX and none can be used", async () => {
    const resolver = fakeResolver({ "MX acme.example": ["10 a..example"] });
    expect(await findMx("acme.example", resolver)).toMatchObject({ kind: "failed", reason: "malformed" });
  });

  it("an address is no exchange (RFC 5321 §5.1)", async () => {
    const some = fakeResolver({ "MX acme.example": ["10 192.0.2.1", "20 a.example"] });
    expect(await findMx("acme.example", some)).toMatchObject({ kind: "mx", records: [{ host: "a.example" }] });
    const alone = fakeResolver({ "MX acme.example": ["10 192.0.2.1"] });
    expect(await findMx("acme.example", alone)).toMatchObject({ kind: "failed", reason: "malformed" });
  });

  it("cuts after 20 hosts and says how many more there were", async () => {
    const hosts = Array.from({ length: 23 }, (_, n) => `${n} mx${n}.example`);
    const answer = await findMx("acme.example", fakeResolver({ "MX acme.example": hosts }));
    expect(answer).toMatchObject({ kind: "mx", cut: 3 });
    expect(answer.kind === "mx" && answer.records.map(({ preference }) => preference)).toEqual([...Array(20).keys()]);
  });

  it("doesn't count duplicates as cut", async () => {
    const hosts = Array.from({ length: 40 }, (_, n) => `${n} mx${n % 20}.example`);
    expect(await findMx("acme.example", fakeResolver({ "MX acme.example": hosts }))).toMatchObject({ cut: 0 });
  });
});

describe("null MX (RFC 7505)", () => {
  it("is a lone dot", async () => {
    expect(await findMx("acme.example", fakeResolver({ "MX acme.example": ["0 ."] }))).toEqual({
      kind: "null-mx",
      ttl: 300,
    });
  });

  it("is not a dot among others: that one is left out", async () => {
    const resolver = fakeResolver({ "MX acme.example": ["0 .", "10 a.example"] });
    expect(await findMx("acme.example", resolver)).toMatchObject({ kind: "mx", records: [{ host: "a.example" }] });
  });
});

describe("aliases of a domain (RFC 5321 §5.1)", () => {
  it("are followed within the answer", async () => {
    const resolver = fakeResolver({
      "MX acme.example": ["acme.example CNAME real.example", "real.example MX 10 a.example"],
    });
    expect(await findMx("acme.example", resolver)).toMatchObject({ kind: "mx", records: [{ host: "a.example" }] });
    expect(resolver.asked).toEqual(["MX acme.example"]);
  });

  it("are asked for again when the answer stops there", async () => {
    const resolver = fakeResolver({ "MX acme.example": "-> real.example", "MX real.example": ["10 a.example"] });
    expect(await findMx("acme.example", resolver)).toMatchObject({ kind: "mx", records: [{ host: "a.example" }] });
  });

  it("make the name they lead to the implicit MX", async () => {
    const resolver = fakeResolver({ "MX acme.example": "-> real.example", "A real.example": ["192.0.2.1"] });
    expect(await findMx("acme.example", resolver)).toMatchObject({
      kind: "implicit",
      records: [{ host: "real.example" }],
    });
  });

  it("end where they come round", async () => {
    const resolver = fakeResolver({ "MX acme.example": "-> b.example", "MX b.example": "-> acme.example" });
    expect(await findMx("acme.example", resolver)).toMatchObject({ kind: "failed", reason: "malformed" });
    expect(resolver.asked).toHaveLength(2);
  });

  it("end after eight", async () => {
    const chain = Array.from({ length: 20 }, (_, n) => [`MX n${n}.example`, `-> n${n + 1}.example`] as const);
    const resolver = fakeResolver(Object.fromEntries(chain));
    expect(await findMx("n0.example", resolver)).toMatchObject({ kind: "failed", reason: "malformed" });
    expect(resolver.asked).toHaveLength(9);
  });
});

describe("names as people write them", () => {
  test.each([
    ["ACME.Example", "acme.example"],
    ["acme.example.", "acme.example"],
    ["bücher.example", "xn--bcher-kva.example"],
  ])("%s is asked for as %s", async (written, name) => {
    const resolver = fakeResolver({ [`MX ${name}`]: ["10 a.example"] });
    expect(await findMx(written, resolver)).toMatchObject({ kind: "mx" });
    expect(resolver.asked).toEqual([`MX ${name}`]);
  });

  test.each([
    "",
    ".",
    "192.0.2.1",
    "::1",
    "a..example",
    "a b.example",
    `${"x".repeat(64)}.example`,
    `${"abcdefg.".repeat(32)}example`,
  ])("%j is malformed and isn't asked for", async (name) => {
    const resolver = fakeResolver({});
    expect(await findMx(name, resolver)).toMatchObject({ kind: "failed", reason: "malformed" });
    expect(resolver.asked).toEqual([]);
  });
});
