import { describe, expect, it, test } from "vitest";
import { gradesOf, standards } from "../../../lib/judge/grades/grade.ts";
import type { Leaf } from "../../../lib/model/observation.ts";
import { groups } from "../../../lib/protocols/tls/groups.ts";
import { leaf } from "../build.ts";
import { type Accepted, scanOf } from "./scans.ts";

const p256 = leaf({ keyType: "ec", keyBits: 256, signatureAlgorithm: "ecdsa-with-SHA256" });
const newest = ["TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"];
const modern = { suites: { "TLSv1.3": newest }, groups: ["X25519MLKEM768", "x25519"] } satisfies Accepted;

const levels = (accepted: Accepted, leaves: readonly Leaf[] = [p256]) =>
  Object.fromEntries((gradesOf(scanOf(accepted), leaves) ?? []).map(({ standard, level }) => [standard, level]));
const with12 = (...suites: string[]): Accepted => ({
  ...modern,
  suites: { ...modern.suites, "TLSv1.2": suites },
});

describe("the standards", () => {
  it("are data: each rule has a level of its standard and a section, and names what exists", () => {
    for (const { levels: known, rules, source } of standards) {
      expect(source).toMatch(/^https:/);
      for (const rule of rules) {
        expect(known).toContain(rule.level);
        expect(rule.section).not.toBe("");
        if (rule.of !== "group") continue;
        expect(rule.names.filter((name) => !groups.some((group) => group.name === name))).toEqual([]);
      }
    }
  });

  it.each(standards)("$id judges every kind of thing that a scan shows", ({ rules }) => {
    const kinds = new Set(rules.map(({ of }) => of));
    for (const of of ["protocol", "suite", "group", "prime", "key", "signature"] as const) expect(kinds).toContain(of);
  });
});

describe("a server's grades", () => {
  test.each<[name: string, accepted: Accepted, expected: Record<string, string>]>([
    [
      "TLS 1.3 alone",
      modern,
      {
        "ncsc-nl": "good",
        mozilla: "modern",
        bcp195: "forbidden",
        "pci-dss": "strong",
        "nist-800-52r2": "not conforming",
      },
    ],
    [
      "with ECDHE and AES-GCM in TLS 1.2",
      with12("ECDHE-ECDSA-AES256-GCM-SHA384"),
      { "ncsc-nl": "sufficient", mozilla: "intermediate", bcp195: "recommended", "pci-dss": "strong" },
    ],
    [
      "with DHE too",
      { ...with12("ECDHE-RSA-AES128-GCM-SHA256", "DHE-RSA-AES128-GCM-SHA256"), primes: [2048] },
      { "ncsc-nl": "insufficient", mozilla: "none", bcp195: "allowed", "pci-dss": "strong" },
    ],
    [
      "with CBC and HMAC-SHA1",
      with12("ECDHE-RSA-AES128-SHA"),
      { "ncsc-nl": "insufficient", mozilla: "old", bcp195: "allowed", "pci-dss": "strong" },
    ],
    [
      "with CBC and SHA-256",
      with12("ECDHE-RSA-AES128-SHA256"),
      { "ncsc-nl": "phase out", mozilla: "old", bcp195: "allowed" },
    ],
    [
      "with static RSA",
      with12("AES128-GCM-SHA256"),
      {
        "ncsc-nl": "insufficient",
        mozilla: "old",
        bcp195: "allowed",
        "pci-dss": "strong",
        "nist-800-52r2": "not conforming",
      },
    ],
    [
      "with TLS 1.0",
      { ...modern, suites: { ...modern.suites, TLSv1: ["ECDHE-RSA-AES128-SHA"] } },
      { "ncsc-nl": "insufficient", mozilla: "old", bcp195: "forbidden", "pci-dss": "not strong" },
    ],
    [
      "with an anonymous suite",
      with12("ADH-AES256-GCM-SHA384"),
      {
        "ncsc-nl": "insufficient",
        mozilla: "none",
        bcp195: "forbidden",
        "pci-dss": "not strong",
        "nist-800-52r2": "not conforming",
      },
    ],
    ["with RC4", with12("ECDHE-RSA-RC4-SHA"), { bcp195: "forbidden", "pci-dss": "not strong" }],
    ["with 3DES", with12("ECDHE-RSA-DES-CBC3-SHA"), { bcp195: "allowed", "ncsc-nl": "insufficient" }],
    ["with a small group", { ...modern, groups: ["secp224r1"] }, { "ncsc-nl": "phase out", mozilla: "none" }],
    [
      "with compression",
      { ...with12("ECDHE-RSA-AES128-GCM-SHA256"), habits: { compression: true } },
      { "ncsc-nl": "insufficient", mozilla: "none", bcp195: "forbidden", "nist-800-52r2": "not conforming" },
    ],
  ])("%s", (_name, accepted, expected) => {
    expect(levels(accepted)).toMatchObject(expected);
  });

  it("is no better than its certificate", () => {
    const rsa = (keyBits: number, signatureAlgorithm = "sha256WithRSAEncryption") =>
      levels(modern, [leaf({ keyType: "rsa", keyBits, signatureAlgorithm })]);
    expect(rsa(3072)).toMatchObject({ "ncsc-nl": "good", mozilla: "intermediate", "pci-dss": "strong" });
    expect(rsa(2048)).toMatchObject({ "ncsc-nl": "phase out", "pci-dss": "strong" });
    expect(rsa(1024)).toMatchObject({ "ncsc-nl": "insufficient", "pci-dss": "not strong" });
    expect(rsa(4096, "sha1WithRSAEncryption")).toMatchObject({ "ncsc-nl": "insufficient", "pci-dss": "not strong" });
  });

  it("tells for each thing what was observed, its level and the section, the worst first", () => {
    const [ncsc] = gradesOf(scanOf(with12("ECDHE-RSA-AES128-SHA")), [p256]) ?? [];
    expect(ncsc?.criteria[0]).toEqual({
      of: "suite",
      observed: "ECDHE-RSA-AES128-SHA",
      level: "insufficient",
      section: "3.3.4",
    });
    expect(ncsc?.criteria).toContainEqual({
      of: "protocol",
      observed: "TLSv1.2",
      level: "sufficient",
      section: "3.3.1",
    });
  });

  it("isn't given where nothing is accepted, or not all is known", () => {
    expect(gradesOf(scanOf({ suites: {} }), [])).toBe(null);
    expect(gradesOf({ ...scanOf(modern), incomplete: "421 too many" }, [])).toBe(null);
  });
});
