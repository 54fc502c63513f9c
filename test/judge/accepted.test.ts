import { describe, expect, it } from "vitest";
import { acceptedFindings } from "../../lib/judge/accepted.ts";
import { defaultFloor } from "../../lib/model/customer.ts";
import type { Scan, VersionScan } from "../../lib/model/scan.ts";
import { suiteByName } from "../../lib/protocols/tls/suites.ts";

const version = (name: VersionScan["name"], ...names: string[]): VersionScan => ({
  name,
  accepted: names.length > 0,
  suites: names.map((each) => suiteByName(each)?.code ?? 0xfa00),
  preference: null,
  instead: null,
  strayed: false,
  incomplete: null,
});

const habits = {
  secureRenegotiation: true,
  extendedMasterSecret: true,
  compression: false,
  heartbeat: false,
  tickets: true,
  fallbackScsv: true,
};

const scan = (changes: Partial<Scan> = {}): Scan => ({
  target: { address: "192.0.2.1", port: 25, tls: "starttls" },
  serverName: null,
  at: 0,
  depth: "full",
  versions: [version("TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384"), version("TLSv1.3", "TLS_AES_128_GCM_SHA256")],
  groups: [29, 23],
  primes: [{ bits: 2048, prime: "ff" }],
  signatures: [],
  certificates: [],
  habits,
  intolerant: false,
  mostSuites: null,
  connections: 20,
  incomplete: null,
  ...changes,
});

const told = (changes: Partial<Scan>, floor = defaultFloor) =>
  acceptedFindings(scan(changes), floor).map(({ code, severity, evidence }) => [code, severity, ...evidence]);

describe("what is accepted besides", () => {
  it("is nothing where all of it is above the floor", () => {
    expect(told({})).toEqual([]);
  });

  it("is a warning for old protocols, weak suites and small groups, whatever else the server can do", () => {
    expect(
      told({
        versions: [
          version("SSLv3", "RC4-MD5"),
          version("TLSv1", "DES-CBC3-SHA", "AES128-SHA"),
          version("TLSv1.2", "ADH-AES256-SHA", "NULL-SHA256", "nobody's"),
        ],
        groups: [29, 16],
        primes: [{ bits: 1024, prime: "ff" }],
      }),
    ).toEqual([
      ["tls.protocol-accepted", "warning", "SSLv3, TLSv1"],
      ["tls.cipher-accepted", "warning", "RC4-MD5, DES-CBC3-SHA, ADH-AES256-SHA, NULL-SHA256, 0xfa00"],
      ["tls.group-accepted", "warning", "secp160r1, DH of 1024 bits"],
      ["flaw.logjam", "warning", "DH of 1024 bits"],
      ["flaw.sweet32", "warning", "DES-CBC3-SHA (TLSv1)"],
    ]);
  });

  it("goes by the floor that is asked for", () => {
    const floor = { ...defaultFloor, protocol: "TLSv1.3", rsaBits: 3072, forwardSecrecy: true } as const;
    expect(told({ versions: [version("TLSv1.2", "AES128-GCM-SHA256")] }, floor)).toEqual([
      ["tls.protocol-accepted", "warning", "TLSv1.2"],
      ["tls.cipher-accepted", "warning", "AES128-GCM-SHA256"],
      ["tls.group-accepted", "warning", "DH of 2048 bits"],
    ]);
  });

  it("tells of flaws, and what nothing tells is none", () => {
    const unknown = {
      secureRenegotiation: null,
      extendedMasterSecret: null,
      compression: null,
      heartbeat: null,
      tickets: null,
      fallbackScsv: null,
    };
    expect(told({ habits: unknown })).toEqual([]);
    const bad = {
      secureRenegotiation: false,
      extendedMasterSecret: false,
      compression: true,
      heartbeat: true,
      tickets: false,
      fallbackScsv: false,
    };
    expect(told({ habits: bad })).toEqual([
      ["flaw.insecure-renegotiation", "warning"],
      ["flaw.compression", "warning"],
      ["flaw.no-fallback-scsv", "info"],
      ["flaw.no-extended-master-secret", "info"],
      ["flaw.heartbeat", "info"],
    ]);
  });

  it("tells of intolerance, and that the rest isn't known", () => {
    expect(told({ intolerant: true, incomplete: "421 too many" })).toEqual([
      ["flaw.version-intolerance", "warning"],
      ["scan.incomplete", "info", "421 too many"],
    ]);
  });
});
