import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StatusJson } from "../../lib/status/json/schemas.ts";
import { scanOf } from "../judge/grades/scans.ts";
import { type Fixture, fixture } from "./helpers.ts";
import { noon } from "./looks.ts";
import { xss } from "./seed.ts";

const key = "198.51.100.1:25";
const validates = new Ajv2020({ formats: { "date-time": true, date: true } }).compile(
  JSON.parse(readFileSync(new URL("../../docs/schema/status.json", import.meta.url), "utf8")),
);

let world: Fixture;
let app: ReturnType<Fixture["app"]>;
beforeAll(async () => {
  world = await fixture();
  app = world.app();
  const scan = scanOf({
    suites: { "TLSv1.1": ["AES128-SHA"], "TLSv1.2": ["ECDHE-RSA-AES128-GCM-SHA256", "AES128-SHA"] },
    groups: ["x25519"],
    primes: [2048],
  });
  await world.store.state.putScanResult(key, {
    scan,
    since: noon - 60_000,
    changed: { at: noon - 60_000, words: ["TLSv1 is gone", "group X25519MLKEM768 is new"] },
    throttled: { at: noon - 30_000, how: `421 ${xss}`, strikes: 1 },
  });
});
afterAll(() => world.close());

const status = async () => (await (await app.request("/v1/customers/acme")).json()) as StatusJson;

describe("what a target would accept", () => {
  it("stands in the customer's JSON, with grades, score and versions as chainmail scan has them", async () => {
    const answer = await status();
    expect(validates(answer), JSON.stringify(validates.errors)).toBe(true);
    const { [key]: scan, ...others } = answer.scans;
    expect(others).toEqual({});
    expect(scan).toMatchObject({
      since: new Date(noon - 60_000).toISOString(),
      changed: { changes: ["TLSv1 is gone", "group X25519MLKEM768 is new"] },
      throttled: { how: `421 ${xss}` },
      depth: "full",
      score: 73,
      incomplete: null,
    });
    expect(scan?.protocols.map(({ name, accepted }) => [name, accepted])).toEqual([
      ["SSLv2", false],
      ["SSLv3", false],
      ["TLSv1", false],
      ["TLSv1.1", true],
      ["TLSv1.2", true],
      ["TLSv1.3", false],
    ]);
    expect(scan?.protocols[3]?.suites).toEqual([
      {
        code: "0x002F",
        iana: "TLS_RSA_WITH_AES_128_CBC_SHA",
        openssl: "AES128-SHA",
        bits: 128,
        keyExchange: "rsa",
        authentication: "rsa",
        cipher: "AES_128_CBC",
        integrity: "SHA1",
        forwardSecret: false,
        export: false,
      },
    ]);
    expect(scan?.grades?.map(({ standard, level }) => `${standard} ${level}`)).toEqual([
      "ncsc-nl insufficient",
      "mozilla old",
      "bcp195 forbidden",
      "pci-dss not strong",
      "nist-800-52r2 not conforming",
    ]);
  });

  it("is told beside the verdict, which speaks of what a modern sender gets", async () => {
    const { chains } = await status();
    const target = chains[0]?.hops[1]?.targets[0];
    expect(target?.target).toBe(key);
    expect(target?.verdict).toBe("secure");
    expect(target?.findings.map(({ code }) => code)).toContain("tls.protocol-accepted");
  });

  it("stands on the page, in words, and escaped", async () => {
    const html = await (await app.request("/customers/acme")).text();
    const text = html.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
    expect(text).toContain("What it would accept: TLSv1.2, TLSv1.1 · score 73 of 100");
    expect(text).toContain("TLSv1 is gone; group X25519MLKEM768 is new.");
    expect(text).toMatch(/BCP 195 \(RFC 9325\) forbidden TLSv1\.1 \(3\.1\.1\)/);
    expect(text).toMatch(/throttled .+: 421 &lt;script/);
    expect(text).toContain("AES128-SHA 128 bits, no forward secrecy, CBC, HMAC-SHA1");
    expect(html).not.toContain(xss);
  });

  it("is among what changed", async () => {
    await world.store.ledger.putEvent(key, {
      at: noon - 60_000,
      kind: "scan",
      vantage: "here",
      words: ["TLSv1 is gone"],
    });
    const { events } = (await (await app.request("/v1/customers/acme/history")).json()) as {
      events: readonly { kind: string }[];
    };
    expect(events.find(({ kind }) => kind === "scan")).toEqual({
      at: new Date(noon - 60_000).toISOString(),
      kind: "scan",
      subject: key,
      vantage: "here",
      what: "TLSv1 is gone",
      changes: ["TLSv1 is gone"],
    });
    expect(await (await app.request("/customers/acme")).text()).toContain("TLSv1 is gone");
  });
});
