/** What a scan tells by itself. */

import { readdirSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { flawCode, flawFindings, flawsIn } from "../../../../lib/judge/flaws.ts";
import type { Capabilities, Observation } from "../../../../lib/model/observation.ts";
import type { Scan } from "../../../../lib/model/scan.ts";
import { askedFlaws } from "../../../../lib/protocols/scan/flaws/asked.ts";
import { seenFlaws } from "../../../../lib/protocols/scan/flaws/seen.ts";
import { selfSigned } from "../../../fakes/certificates.ts";
import { scanOf } from "../../../judge/grades/scans.ts";

const modern = scanOf({
  suites: { "TLSv1.2": ["ECDHE-RSA-AES128-GCM-SHA256"], "TLSv1.3": ["TLS_AES_128_GCM_SHA256"] },
});

function result(name: string, scan: Scan, around: Parameters<typeof flawsIn>[1] = {}) {
  return flawsIn(scan, around).find((flaw) => flaw.name === name);
}

describe("each flaw", () => {
  it("is a file, listed, with a finding of its own", () => {
    const folder = new URL("../../../../lib/protocols/scan/flaws/", import.meta.url);
    const helpers = "accepted asked flaw look-for resumed secure seen wire".split(" ");
    const files = readdirSync(folder).map((file) => file.replace(/\.ts$/, ""));
    const names = [...seenFlaws, ...askedFlaws].map(({ name }) => name);
    expect([...names].sort()).toEqual(files.filter((file) => !helpers.includes(file)).sort());
    expect(names.filter((name) => flawCode(name) === undefined)).toEqual([]);
  });

  it("is a warning at most, but for those by which plaintext or keys are read, or commands put in", () => {
    const critical = [...seenFlaws, ...askedFlaws]
      .filter(({ name }) => {
        const [found] = flawFindings([{ name, result: "flawed", detail: [] }]);
        return found?.severity === "critical" && found.code.startsWith("flaw.");
      })
      .map(({ name }) => name);
    const reading = ["drown", "command-injection", "heartbleed", "early-ccs", "robot", "ticketbleed"];
    expect(critical.sort()).toEqual(reading.sort());
  });

  it("that is intrusive is only looked for where that was asked for", () => {
    const intrusive = askedFlaws.filter(({ when }) => when === "intrusive").map(({ name }) => name);
    expect(intrusive).toEqual(["heartbleed", "early-ccs", "robot", "ticketbleed", "client-renegotiation"]);
  });

  it("can be left out", () => {
    const old = scanOf({ suites: { SSLv3: ["AES128-SHA"] } });
    expect(result("poodle", old)?.result).toBe("flawed");
    expect(result("poodle", old, { skip: new Set(["poodle"]) })).toBe(undefined);
  });
});

describe("of what is accepted", () => {
  const old = (suite: string, version: "SSLv3" | "TLSv1.2" = "TLSv1.2") => scanOf({ suites: { [version]: [suite] } });

  test.each([
    ["sweet32", old("DES-CBC3-SHA"), "DES-CBC3-SHA (TLSv1.2)"],
    ["sweet32", old("IDEA-CBC-SHA"), "IDEA-CBC-SHA (TLSv1.2)"],
    ["sweet32", old("EXP-RC2-CBC-MD5"), "EXP-RC2-CBC-MD5 (TLSv1.2)"],
    ["freak", old("EXP-RC4-MD5"), "EXP-RC4-MD5 (TLSv1.2)"],
    ["freak", old("EXP1024-DES-CBC-SHA"), "EXP1024-DES-CBC-SHA (TLSv1.2)"],
    ["logjam", old("EXP-DHE-RSA-DES-CBC-SHA"), "EXP-DHE-RSA-DES-CBC-SHA (TLSv1.2)"],
    ["logjam", { ...old("DHE-RSA-AES128-SHA"), primes: [{ bits: 1024, prime: "ff" }] }, "DH of 1024 bits"],
    ["poodle", old("AES128-SHA", "SSLv3"), "AES128-SHA (SSLv3)"],
    ["weak-signatures", { ...modern, signatures: [0x0401, 0x0201] }, "rsa_pkcs1_sha1"],
    ["weak-signatures", { ...modern, newestSignatures: [0x0804, 0x0203] }, "ecdsa_sha1 in TLSv1.3"],
    ["weak-signatures", { ...modern, signatures: [0x0101, 0x0203] }, "rsa_pkcs1_md5, ecdsa_sha1"],
  ])("%s", (name, scan, detail) => {
    expect(result(name, scan)).toEqual({ name, result: "flawed", detail: [detail] });
    expect(result(name, modern)?.result).toBe("sound");
    expect(result(name, { ...modern, incomplete: "421" })?.result).toBe("unknown");
  });

  test.each([
    ["sweet32", old("AES128-SHA")],
    ["sweet32", old("RC4-SHA")],
    ["freak", old("EXP-DHE-RSA-DES-CBC-SHA")],
    ["freak", old("AES128-SHA")],
    ["logjam", { ...old("DHE-RSA-AES128-SHA"), primes: [{ bits: 2048, prime: "ff" }] }],
    ["poodle", old("RC4-SHA", "SSLv3")],
    ["poodle", old("AES128-SHA")],
    ["weak-signatures", { ...modern, signatures: [0x0401, 0x0804, 0x0403] }],
  ])("no %s", (name, scan) => {
    expect(result(name, scan)?.result).toBe("sound");
  });
});

test("of signature schemes a grade doesn't ask, and calls none sound", () => {
  const grade: Scan = { ...modern, depth: "grade" };
  expect(result("weak-signatures", grade)?.result).toBe("unknown");
  expect(result("weak-signatures", { ...grade, signatures: [0x0201] })?.result).toBe("flawed");
});

describe("DROWN", () => {
  const sslv2 = (scan: Scan): Scan => ({
    ...scan,
    versions: scan.versions.map((one) => (one.name === "SSLv2" ? { ...one, accepted: true, suites: [0x010080] } : one)),
  });
  const showing = (scan: Scan, ...ders: Buffer[]): Scan => ({
    ...scan,
    certificates: ders.map((der, at) => ({ sha256: `${at}${der.length}`, der: der.toString("base64") })),
  });

  it("is SSLv2", () => {
    expect(result("drown", sslv2(modern))).toMatchObject({ result: "flawed", detail: ["SSLv2: RC4-MD5"] });
    expect(result("drown", modern)?.result).toBe("sound");
  });

  it("is a key that another has who speaks it, whatever the certificate", async () => {
    // RSA keys are made once a process: two certificates, and one key.
    const [mine, theirs] = await Promise.all(
      ["mx.example", "old.example"].map((name) => selfSigned({ names: [name], key: "rsa2048" })),
    );
    const stranger = await selfSigned({ names: ["old.example"], key: "rsa1024" });
    if (mine === undefined || theirs === undefined) throw new Error("no certificates");
    const scan = showing(modern, mine.der);
    const others = (der: Buffer) => ({ others: [showing(sslv2(modern), der)] });
    expect(result("drown", scan, others(theirs.der))).toMatchObject({
      result: "flawed",
      detail: ["the same key at [192.0.2.1]:25, which speaks SSLv2"],
    });
    expect(result("drown", scan, others(stranger.der))?.result).toBe("sound");
    expect(result("drown", scan, { others: [showing(modern, theirs.der)] })?.result).toBe("sound");
  });

  it("isn't told by a certificate that nobody can read, unless it is the same", () => {
    const [one, other] = [Buffer.from("one"), Buffer.from("others")];
    const scan = showing(modern, one);
    expect(result("drown", scan, { others: [showing(sslv2(modern), other)] })?.result).toBe("sound");
    expect(result("drown", scan, { others: [showing(sslv2(modern), one)] })?.result).toBe("flawed");
  });
});

describe("habits", () => {
  test.each([
    ["compression", { compression: true }, { compression: false }],
    ["insecure-renegotiation", { secureRenegotiation: false }, { secureRenegotiation: true }],
    ["no-extended-master-secret", { extendedMasterSecret: false }, { extendedMasterSecret: true }],
    ["no-fallback-scsv", { fallbackScsv: false }, { fallbackScsv: true }],
    ["heartbeat", { heartbeat: true }, { heartbeat: false }],
  ] as const)("%s", (name, bad, good) => {
    const having = (habits: Partial<Scan["habits"]>) => ({ ...modern, habits: { ...modern.habits, ...habits } });
    const [habit] = Object.keys(bad);
    expect(result(name, having(bad))?.result).toBe("flawed");
    expect(result(name, having(good))?.result).toBe("sound");
    expect(result(name, having({ [habit ?? ""]: null }))?.result).toBe("unknown");
    const newest = scanOf({ suites: { "TLSv1.3": ["TLS_AES_128_GCM_SHA256"] }, habits: { [habit ?? ""]: null } });
    expect(result(name, newest)?.result).toBe("sound");
  });
});

describe("who answers", () => {
  const answering = { greeted: 20, withoutTls: 0, injected: 0, faces: ["mx.example, mx.example: PIPELINING STARTTLS"] };

  it("some without STARTTLS: at that rate", () => {
    const some = { ...modern, answering: { ...answering, withoutTls: 5 } };
    const detail = ["5 of 20 connections without STARTTLS (25 %)"];
    expect(result("intermittent", some)).toEqual({ name: "intermittent", result: "flawed", detail });
    expect(result("intermittent", { ...modern, answering })?.result).toBe("sound");
    expect(flawCode("intermittent")).toBe("starttls.intermittent");
  });

  it("plaintext behind the 220", () => {
    const some = { ...modern, answering: { ...answering, injected: 1 } };
    expect(result("response-injection", some)?.result).toBe("flawed");
    expect(result("response-injection", { ...modern, answering })?.result).toBe("sound");
    const observation = { leftover: "250 hi", capabilities: { before: null, after: null } } as Observation;
    expect(result("response-injection", modern, { observation })?.detail).toEqual(["250 hi"]);
    expect(flawCode("response-injection")).toBe("starttls.response-injected");
  });

  it("several machines, by their names or by their certificates", async () => {
    const faces = ["mx1.example, mx1.example: STARTTLS", "mx2.example, mx2.example: STARTTLS"];
    expect(result("several-machines", { ...modern, answering: { ...answering, faces } })).toMatchObject({
      result: "flawed",
      detail: ["at least 2", ...faces],
    });
    const ders = await Promise.all(
      (["ec", "ec", "rsa2048"] as const).map(async (key) => {
        const { sha256, der } = await selfSigned({ names: ["mx.example"], key });
        return { sha256, der: der.toString("base64") };
      }),
    );
    expect(result("several-machines", { ...modern, answering, certificates: ders })?.result).toBe("flawed");
    expect(result("several-machines", { ...modern, answering, certificates: ders.slice(1) })?.result).toBe("sound");
  });
});

describe("a scan that was cut short", () => {
  const cut: Scan = {
    ...modern,
    incomplete: "421",
    versions: modern.versions.map((one) => (one.accepted === false ? { ...one, accepted: null } : one)),
    answering: { greeted: 3, withoutTls: 0, injected: 0, faces: ["mx.example, mx.example: STARTTLS"] },
  };

  it.each(seenFlaws.filter(({ name }) => name !== "capabilities-differ"))("calls $name not known", ({ name }) => {
    expect(result(name, cut)?.result).toBe("unknown");
  });

  it("calls drown not known, though SSLv2 met with a refusal", () => {
    expect(result("drown", { ...modern, incomplete: "421" })?.result).toBe("unknown");
  });

  it("knows no fallback of one version where others may be spoken", () => {
    const one = cut.versions.map((each) => (each.name === "TLSv1.3" ? { ...each, accepted: null } : each));
    const habits = { ...modern.habits, fallbackScsv: null };
    expect(result("no-fallback-scsv", { ...cut, versions: one, habits })?.result).toBe("unknown");
  });

  it("tells what it saw all the same", () => {
    const bad = { ...cut.habits, fallbackScsv: false, extendedMasterSecret: false, compression: true };
    for (const name of ["no-fallback-scsv", "no-extended-master-secret", "compression"]) {
      expect(result(name, { ...cut, habits: bad })?.result).toBe("flawed");
    }
  });
});

describe("capabilities in clear and under TLS", () => {
  const told = (before: Capabilities | null, after: Capabilities | null) =>
    result("capabilities-differ", modern, { observation: { capabilities: { before, after } } as Observation });

  test.each<[Capabilities, Capabilities, string[]]>([
    [{ STARTTLS: "", PIPELINING: "" }, { PIPELINING: "" }, []],
    [{ STARTTLS: "", SIZE: "1000" }, { SIZE: "1000", AUTH: "PLAIN", REQUIRETLS: "" }, []],
    [{ STARTTLS: "", SIZE: "1000" }, { SIZE: "2000" }, ["otherwise under TLS: SIZE"]],
    [{ STARTTLS: "", DSN: "" }, {}, ["only in clear: DSN"]],
    [{ STARTTLS: "" }, { CHUNKING: "" }, ["only under TLS: CHUNKING"]],
    [{ STARTTLS: "" }, { STARTTLS: "" }, ["STARTTLS is offered under TLS"]],
    [{ STARTTLS: "", AUTH: "PLAIN" }, {}, ["only in clear: AUTH"]],
  ])("%j, %j", (before, after, detail) => {
    expect(told(before, after)).toEqual({
      name: "capabilities-differ",
      result: detail.length === 0 ? "sound" : "flawed",
      detail,
    });
  });

  it("aren't known where EHLO was answered once", () => {
    expect(told({ STARTTLS: "" }, null)?.result).toBe("unknown");
  });
});
