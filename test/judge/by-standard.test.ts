import { describe, expect, it, test } from "vitest";
import { acceptedFindings } from "../../lib/judge/accepted.ts";
import { defaultFloor, type Floor } from "../../lib/model/customer.ts";
import type { TlsFacts } from "../../lib/model/observation.ts";
import { certificate, encrypted, judge, leaf, requirement, withLeaf } from "./build.ts";
import { type Accepted, scanOf } from "./grades/scans.ts";

const of = (standard: string, more: Partial<Floor> = {}): Floor => ({ ...defaultFloor, standard, ...more });
const p256 = certificate({ leaf: leaf({ keyType: "ec", keyBits: 256 }) });
const session = (tls: Partial<TlsFacts>) => encrypted({ protocol: "TLSv1.2", ...tls }, p256);
const cbc = {
  cipher: "ECDHE-RSA-AES128-SHA",
  iana: "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
  bits: 128,
  group: "x25519",
  groupBits: 253,
} as const;

describe("a session under a standard", () => {
  test.each<[string, string, ReturnType<typeof encrypted>, string[]]>([
    [
      "ncsc-nl-good",
      "TLS 1.2",
      session({ cipher: "ECDHE-RSA-AES256-GCM-SHA384", iana: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384" }),
      [
        "tls.protocol-weak: TLSv1.2: sufficient (NCSC-NL TLS guidelines 2025: 3.3.1), required is good",
        "tls.cipher-weak: ECDHE-RSA-AES256-GCM-SHA384: sufficient (NCSC-NL TLS guidelines 2025: 3.3.3), required is good",
      ],
    ],
    [
      "ncsc-nl-sufficient",
      "CBC with SHA-1",
      session(cbc),
      [
        "tls.cipher-weak: ECDHE-RSA-AES128-SHA: insufficient (NCSC-NL TLS guidelines 2025: 3.3.4), required is sufficient",
      ],
    ],
    [
      "mozilla-intermediate",
      "TLS 1.0",
      session({ ...cbc, protocol: "TLSv1" }),
      [
        "tls.protocol-weak: TLSv1: old (Mozilla server-side TLS 5.8: Old backward compatibility), required is intermediate",
        "tls.cipher-weak: ECDHE-RSA-AES128-SHA: old (Mozilla server-side TLS 5.8: Old backward compatibility), required is intermediate",
      ],
    ],
    [
      "bcp195",
      "a key of 1024 bits",
      withLeaf({ keyBits: 1024 }),
      ["cert.weak-key: rsa key of 1024 bits: forbidden (BCP 195 (RFC 9325): 4.5), required is allowed"],
    ],
  ])("%s finds %s weak, and says where that stands", (standard, _, outcome, lines) => {
    const judged = judge(outcome, { require: requirement(of(standard)) });
    expect(judged.verdict).toBe("weak");
    const told = judged.findings.filter(({ evidence }) => evidence.some((line) => line.includes("required is")));
    expect(told.map(({ code, severity, evidence }) => [severity, `${code}: ${evidence.join()}`])).toEqual(
      lines.map((line) => ["warning", line]),
    );
  });

  test.each<[string, ReturnType<typeof encrypted>]>([
    // Below the usual figures.
    ["mozilla-old", session({ ...cbc, protocol: "TLSv1" })],
    ["ncsc-nl-good", encrypted({}, p256)],
    ["nist", encrypted({ group: "secp256r1", groupBits: 256 })],
    ["pci-dss", session(cbc)],
    ["bcp195", encrypted({ group: "x25519mlkem768", groupBits: null })],
  ])("%s is met, whatever the figures would say", (standard, outcome) => {
    const judged = judge(outcome, { require: requirement(of(standard)) });
    expect(judged.findings.filter(({ evidence }) => evidence.some((line) => line.includes("required is")))).toEqual([]);
    expect(judged.encryption).toBe("strong");
  });

  it("says in the standard's own sizes what key would do", () => {
    const { findings } = judge(encrypted(), { require: requirement(of("ncsc-nl-sufficient")) });
    expect(findings.map(({ code, advice }) => `${code}: ${advice}`)).toEqual([
      "cert.weak-key: Make a new key of RSA 3072 bits or EC 256 bits or more, and have the certificate issued for it.",
    ]);
  });

  it("doesn't make up the name of a prime that only its size is known of", () => {
    const dhe = { cipher: "DHE-RSA-AES256-GCM-SHA384", iana: "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384" };
    const { findings } = judge(session({ ...dhe, group: "dh", groupBits: 3072 }), {
      require: requirement(of("ncsc-nl-phase-out")),
    });
    expect(findings).toEqual([]);
  });
});

describe("what is accepted besides, under a standard", () => {
  const told = (accepted: Accepted, floor: Floor, leaves = [leaf({ keyType: "ec", keyBits: 256 })]) =>
    acceptedFindings(scanOf(accepted), floor, leaves)
      .filter(({ code }) => !code.startsWith("flaw."))
      .map(({ code, evidence }) => [code, ...evidence]);

  it("is told by section, and what is missing too", () => {
    const server: Accepted = {
      suites: {
        "TLSv1.1": ["ECDHE-RSA-AES128-SHA"],
        "TLSv1.2": ["ECDHE-RSA-AES128-SHA", "AES128-SHA", "ECDHE-RSA-AES128-GCM-SHA256"],
      },
      groups: ["x25519", "brainpoolp256r1", "secp160r1"],
      primes: [1024],
    };
    expect(told(server, of("nist"))).toEqual([
      ["tls.protocol-accepted", "TLSv1.1: not conforming (NIST SP 800-52r2: 3.1), required is conforming"],
      ["tls.protocol-missing", "TLSv1.3 is not spoken: not conforming (NIST SP 800-52r2: 3.1), required is conforming"],
      ["tls.cipher-accepted", "AES128-SHA: not conforming (NIST SP 800-52r2: 3.3.1.2), required is conforming"],
      [
        "tls.group-accepted",
        "brainpoolp256r1, secp160r1, DH of 1024 bits: not conforming (NIST SP 800-52r2: 3.4.2.2), required is conforming",
      ],
    ]);
    expect(told({ ...server, suites: { "TLSv1.2": ["ECDHE-RSA-AES128-GCM-SHA256"] } }, of("mozilla-old")).length).toBe(
      1,
    );
  });

  it("holds nothing against a scan for what it didn't come to ask", () => {
    const cut = { ...scanOf({ suites: { "TLSv1.2": ["ECDHE-RSA-AES128-GCM-SHA256"] } }), incomplete: "421" };
    expect(acceptedFindings(cut, of("nist")).map(({ code }) => code)).toEqual(["scan.incomplete"]);
  });

  it("measures certificates that a modern sender isn't shown", () => {
    const server: Accepted = { suites: { "TLSv1.3": ["TLS_AES_128_GCM_SHA256"] } };
    expect(told(server, of("pci-dss"), [leaf({ keyType: "rsa", keyBits: 1024 })])).toEqual([
      [
        "cert.weak-key",
        "rsa key of 1024 bits: not strong (PCI DSS 4.0.1, strong cryptography: Glossary, strong cryptography), required is strong",
      ],
    ]);
  });
});
