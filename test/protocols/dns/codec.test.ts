import { type Answer, decode, encode, type Packet } from "dns-packet";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { decodeAnswer, encodeQuery } from "../../../lib/protocols/dns/codec.ts";

const asked = { id: 4711, name: "acme.example", type: "MX" } as const;
const mx = (exchange: string, preference = 10, ttl = 300): Answer => ({
  type: "MX",
  name: "acme.example",
  ttl,
  data: { preference, exchange },
});
const soa = (ttl: number, minimum: number): Answer => ({
  type: "SOA",
  name: "example",
  ttl,
  data: { mname: "ns.example", rname: "root.example", serial: 1, refresh: 1, retry: 1, expire: 1, minimum },
});
const reply = (over: Partial<Packet> & { rcode?: number; flags?: number } = {}) =>
  encode({
    type: "response",
    id: 4711,
    questions: [{ name: "acme.example", type: "MX" }],
    answers: [mx("mx1.gateway.example")],
    ...over,
    flags: 0x0180 | (over.flags ?? 0) | (over.rcode ?? 0),
  });

describe("a query (RFC 1035 §4.1, RFC 6891)", () => {
  it("asks one question with recursion desired and EDNS0 with 1,232 bytes", () => {
    const packet = decode(Buffer.from(encodeQuery(asked)));
    expect(packet).toMatchObject({ type: "query", id: 4711, flag_rd: true });
    expect(packet.questions).toEqual([{ name: "acme.example", type: "MX", class: "IN" }]);
    expect(packet.additionals).toMatchObject([{ type: "OPT", udpPayloadSize: 1232, ednsVersion: 0, flag_do: false }]);
  });
});

describe("an answer is ours by id, name and type (RFC 5452 §9)", () => {
  it("is read, in lower case", () => {
    expect(decodeAnswer(reply({ answers: [mx("MX1.Gateway.Example")] }), asked)).toEqual({
      kind: "answer",
      records: [
        { name: "acme.example", type: "MX", ttl: 300, data: { preference: 10, exchange: "mx1.gateway.example" } },
      ],
      ttl: 300,
    });
  });

  it("may repeat the name in another case", () => {
    const answer = decodeAnswer(reply({ questions: [{ name: "aCmE.EXample", type: "MX" }] }), asked);
    expect(answer.kind).toBe("answer");
  });

  test.each<[string, Buffer]>([
    ["another id", reply({ id: 4712 })],
    ["another name", reply({ questions: [{ name: "other.example", type: "MX" }] })],
    ["another type", reply({ questions: [{ name: "acme.example", type: "A" }] })],
    ["another class", reply({ questions: [{ name: "acme.example", type: "MX", class: "CH" }] })],
    ["no question", reply({ questions: [] })],
    ["no question and NXDOMAIN", reply({ questions: [], rcode: 3 })],
    [
      "two questions",
      reply({
        questions: [
          { name: "acme.example", type: "MX" },
          { name: "b.example", type: "MX" },
        ],
      }),
    ],
    ["a query", reply({ type: "query" })],
    ["eleven bytes", reply().subarray(0, 11)],
    ["half a question", reply().subarray(0, 20)],
    ["another protocol", Buffer.from("220 mail.example ESMTP Postfix\r\n")],
    ["nothing", Buffer.alloc(0)],
  ])("%s is not ours", (_, message) => {
    expect(decodeAnswer(message, asked)).toEqual({ kind: "not-ours" });
  });

  it("a label with a dot inside is not two labels", () => {
    const message = reply();
    // "acme" "example" becomes one label of 12 bytes: "acme.example", with a dot byte where the length was.
    message[12] = 12;
    message[17] = 0x2e;
    expect(decodeAnswer(message, asked)).toEqual({ kind: "not-ours" });
  });
});

describe("failures are values", () => {
  test.each<[string, Buffer, string]>([
    ["NXDOMAIN", reply({ rcode: 3, answers: [] }), "nxdomain"],
    ["SERVFAIL", reply({ rcode: 2, answers: [] }), "servfail"],
    ["REFUSED", reply({ rcode: 5, answers: [] }), "refused"],
    ["FORMERR", reply({ rcode: 1, answers: [] }), "servfail"],
    ["NOTIMP without the question", reply({ rcode: 4, answers: [], questions: [] }), "servfail"],
    ["a record that is cut off", reply().subarray(0, -4), "malformed"],
    [
      "a referral (RFC 2308 §2.2)",
      reply({ answers: [], authorities: [{ type: "NS", name: "example", ttl: 9, data: "ns.example" }] }),
      "servfail",
    ],
    [
      "BADVERS in EDNS (RFC 6891 §6.1.3)",
      reply({
        answers: [],
        additionals: [
          {
            type: "OPT",
            name: ".",
            udpPayloadSize: 1232,
            extendedRcode: 1,
            ednsVersion: 0,
            flags: 0,
            flag_do: false,
            options: [],
          },
        ],
      }),
      "servfail",
    ],
  ])("%s", (_, message, reason) => {
    expect(decodeAnswer(message, asked)).toMatchObject({ kind: "failed", reason });
  });

  it("TC says so, whatever else is in the message", () => {
    expect(decodeAnswer(reply({ flags: 0x0200 }), asked)).toEqual({ kind: "truncated" });
  });

  it("an MX whose length isn't its data's is malformed", () => {
    const message = reply();
    const lengthAt = message.length - "..mx1.gateway.example".length - 2 - 2;
    expect(message.readUInt16BE(lengthAt)).toBe(23);
    message.writeUInt16BE(22, lengthAt);
    expect(decodeAnswer(message, asked)).toMatchObject({ kind: "failed", reason: "malformed" });
  });

  it("more records than any honest answer has are malformed", () => {
    const message = reply({ answers: Array.from({ length: 513 }, (_, n) => mx(`mx${n}.example`)) });
    expect(decodeAnswer(message, asked)).toMatchObject({ kind: "failed", reason: "malformed" });
  });
});

describe("names with odd labels", () => {
  test.each(["mx 1.example", "mx\u00001.example", "mx\u00fc.example", "<b>.example"])("%j is left out", (exchange) => {
    const answer = decodeAnswer(reply({ answers: [mx(exchange), mx("mx2.example")] }), asked);
    expect(answer).toMatchObject({ kind: "answer", records: [{ data: { exchange: "mx2.example" } }] });
  });

  it("an answer that holds nothing else is malformed, not empty", () => {
    expect(decodeAnswer(reply({ answers: [mx("mx 1.example")] }), asked)).toMatchObject({ reason: "malformed" });
  });

  it("a label with a dot inside is left out", () => {
    const message = reply({ answers: [mx("mx1.gateway.example"), mx("mx2.example")] });
    const at = message.indexOf("\u0003mx1\u0007gateway");
    message[at] = 11;
    message[at + 4] = 0x2e;
    expect(decodeAnswer(message, asked)).toMatchObject({ records: [{ data: { exchange: "mx2.example" } }] });
  });
});

describe("TTL (seconds, 60 to 3,600)", () => {
  test.each<[string, Parameters<typeof reply>[0], number]>([
    ["the least of the records", { answers: [mx("a.example", 1, 900), mx("b.example", 2, 600)] }, 600],
    ["the floor", { answers: [mx("a.example", 1, 5)] }, 60],
    ["the ceiling", { answers: [mx("a.example", 1, 86_400)] }, 3600],
    ["a negative one counts as 0 (RFC 2181 §8)", { answers: [mx("a.example", 1, 0x8000_0000)] }, 60],
    ["NODATA: the SOA's minimum (RFC 2308 §5)", { answers: [], authorities: [soa(3600, 1200)] }, 1200],
    ["NODATA: the SOA's own TTL when that is less", { answers: [], authorities: [soa(700, 1200)] }, 700],
    ["NODATA without a SOA", { answers: [] }, 60],
    ["NXDOMAIN", { answers: [], authorities: [soa(3600, 7200)], rcode: 3 }, 3600],
    ["SERVFAIL, whatever its SOA says", { answers: [], authorities: [soa(3600, 7200)], rcode: 2 }, 60],
  ])("%s", (_, over, ttl) => {
    expect(decodeAnswer(reply(over), asked)).toMatchObject({ ttl });
  });
});

describe("hostile bytes", () => {
  const samples = [
    reply(),
    reply({ answers: [], authorities: [soa(300, 300)] }),
    reply({
      answers: [{ type: "CNAME", name: "acme.example", ttl: 60, data: "real.example" }, mx("mx1.example")],
      additionals: [{ type: "TXT", name: "t.example", ttl: 1, data: ["x", "y"] }],
    }),
  ];
  const kinds = ["answer", "failed", "not-ours", "truncated"];

  it("a mutated answer is read or refused, and never throws", () => {
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.constantFrom(...samples), edits, fc.nat(), (sample, changes, cut) => {
        const message = Buffer.from(sample);
        // The first 30 bytes stay: what isn't ours is dropped before it is read.
        for (const [at, value] of changes) message[30 + (at % (message.length - 30))] = value;
        const end = cut % 4 === 0 ? 30 + (cut % (message.length - 30)) : message.length;
        const decoded = decodeAnswer(message.subarray(0, end), asked);
        expect(kinds).toContain(decoded.kind);
        if (decoded.kind === "answer" || decoded.kind === "failed") {
          expect(decoded.ttl).toBeGreaterThanOrEqual(60);
          expect(decoded.ttl).toBeLessThanOrEqual(3600);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it("any bytes at all never throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        expect(kinds).toContain(decodeAnswer(bytes, asked).kind);
      }),
      { numRuns: 2_000 },
    );
  });

  it("a name that points at itself ends", () => {
    const message = reply();
    const nameAt = message.length - "mx1.gateway.example".length - 2;
    message.writeUInt16BE(0xc000 | nameAt, nameAt);
    expect(decodeAnswer(message, asked)).toMatchObject({ kind: "failed", reason: "malformed" });
  });
});
