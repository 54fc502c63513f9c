import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type FindingCode, finding, findingCodes, findingsDocument } from "../../lib/judge/findings.ts";
import { judgeTarget, lookOf } from "../../lib/judge/target.ts";
import type { Observation, Outcome } from "../../lib/model/observation.ts";
import { certificate, day, encrypted, leaf, losses, now, observation, reply, silences, under } from "./build.ts";

const demanded = [
  "starttls.absent",
  "starttls.refused",
  "starttls.temporarily-unavailable",
  "starttls.masked-in-path",
  "starttls.response-injected",
  "starttls.intermittent",
  "starttls.partial",
  "tls.handshake-failed",
  "tls.no-encryption",
  "tls.protocol-weak",
  "tls.cipher-weak",
  "tls.no-forward-secrecy",
  "tls.key-exchange-weak",
  "cert.none",
  "cert.self-signed",
  "cert.untrusted",
  "cert.incomplete-chain",
  "cert.name-mismatch",
  "cert.expired",
  "cert.not-yet-valid",
  "cert.expiring",
  "cert.weak-key",
  "cert.weak-signature",
  "chain.duplicate",
  "dns.failed",
  "dns.null-mx",
  "mx.truncated",
  "mx.bypasses-gateway",
  "hop.downgradable",
  "gateway.tls-mode-disabled",
  "downstream.not-exposed",
  "unreachable",
  "refused-by-policy",
  "address.forbidden",
];

/** Codes that no single target shows: each is asserted where its rule is. */
const elsewhere: Partial<Record<FindingCode, string>> = {
  "starttls.intermittent": "incident/intermittent.test.ts",
  "starttls.partial": "chain.test.ts",
  "dns.failed": "chain.test.ts",
  "dns.null-mx": "chain.test.ts",
  "mx.alias": "chain.test.ts",
  "mx.truncated": "chain.test.ts",
  "mx.bypasses-gateway": "chain.test.ts",
  "hop.downgradable": "chain.test.ts",
  "gateway.tls-mode-disabled": "chain.test.ts",
  "tls.protocol-accepted": "accepted.test.ts",
  "tls.cipher-accepted": "accepted.test.ts",
  "tls.group-accepted": "accepted.test.ts",
  "tls.protocol-missing": "by-standard.test.ts",
  "scan.incomplete": "accepted.test.ts",
};
/** Asserted in protocols/scan/flaws/, one by one. */
const flaws = findingCodes.filter((code) => code.startsWith("flaw."));

describe("the table of findings", () => {
  it("has every code that people were promised", () => {
    expect(findingCodes).toEqual(expect.arrayContaining(demanded));
  });

  it.each(findingCodes)("%s has one sentence of advice and a consequence", (code) => {
    const { advice, consequence } = finding(code);
    expect(advice).toMatch(/^[A-Z].*\.$/);
    expect(consequence.length).toBeGreaterThan(5);
  });

  it("keeps what the case at hand changes", () => {
    expect(finding("tls.cipher-weak", ["x"], { severity: "info" })).toMatchObject({
      severity: "info",
      evidence: ["x"],
    });
  });

  it("is docs/findings.md: run `npm run docs` after a change", () => {
    expect(readFileSync(new URL("../../docs/findings.md", import.meta.url), "utf8")).toBe(findingsDocument());
  });

  it("is reached, code by code, from what a server can do", () => {
    const twice = ["a", "a"].map((sha256) => ({ sha256, subject: "/CN=a", issuer: "/CN=a" }));
    const shown = [
      { trust: "self-signed" },
      { trust: "untrusted-root" },
      { trust: "incomplete-chain" },
      { chain: twice },
      { leaf: leaf({ dnsNames: [] }) },
      { leaf: leaf({ notAfter: now - 1 }) },
      { leaf: leaf({ notBefore: now + 1 }) },
      { leaf: leaf({ notAfter: now + day }) },
      { leaf: leaf({ keyBits: 512 }) },
      { leaf: leaf({ signatureAlgorithm: "sha1WithRSAEncryption" }) },
    ] as const;
    const outcomes: readonly Outcome[] = [
      ...losses,
      ...silences,
      ...shown.map((changes) => encrypted({}, certificate(changes))),
      encrypted({ authenticated: false }, null),
      encrypted({ protocol: "TLSv1", cipher: "RC4-SHA", forwardSecret: false, group: "dh", groupBits: 512 }),
    ];
    const looks: readonly Observation[] = [
      ...outcomes.map((outcome) => observation(outcome)),
      observation(encrypted(), { leftover: "250 injected" }),
    ];
    const refusedOutside = judgeTarget(
      lookOf(observation({ kind: "refused-by-policy", stage: "banner", reply: reply(554) })),
      under({ hop: "downstream", outside: true }),
    );
    const reached = new Set(
      [refusedOutside, ...looks.map((one) => judgeTarget(lookOf(one), under()))].flatMap(({ findings }) =>
        findings.map(({ code }) => code),
      ),
    );
    expect(findingCodes.filter((code) => !reached.has(code)).sort()).toEqual(
      [...Object.keys(elsewhere), ...flaws].sort(),
    );
  });
});
