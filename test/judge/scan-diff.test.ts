import { describe, expect, it } from "vitest";
import { changesBetween, type Inventory } from "../../lib/judge/scan-diff.ts";
import type { FlawSeen } from "../../lib/model/scan.ts";

const base: Inventory = {
  protocols: ["TLSv1", "TLSv1.2"],
  suites: ["AES128-SHA in TLSv1", "AES128-SHA in TLSv1.2"],
  groups: ["x25519"],
  signatures: { "TLSv1.2": ["rsa_pkcs1_sha1", "rsa_pkcs1_sha256"] },
  certificates: ["ab".repeat(32)],
  flaws: [
    { name: "compression", result: "sound" },
    { name: "sweet32", result: "flawed" },
  ],
  isComplete: true,
};

describe("what changed between two scans", () => {
  it("is nothing where nothing did", () => {
    expect(changesBetween(base, base)).toEqual([]);
  });

  it("is said in words, and a version's suites go with it", () => {
    const after: Inventory = {
      ...base,
      protocols: ["TLSv1.2", "TLSv1.3"],
      suites: ["ECDHE-RSA-AES128-GCM-SHA256 in TLSv1.2", "TLS_AES_128_GCM_SHA256 in TLSv1.3"],
      groups: ["x25519", "X25519MLKEM768"],
      signatures: { "TLSv1.2": ["rsa_pkcs1_sha256", "rsa_pss_rsae_sha256"] },
      certificates: ["cd".repeat(32)],
      flaws: [
        { name: "compression", result: "flawed" },
        { name: "sweet32", result: "sound" },
      ],
    };
    expect(changesBetween(base, after)).toEqual([
      "TLSv1 is gone",
      "TLSv1.3 is new",
      "AES128-SHA in TLSv1.2 is gone",
      "ECDHE-RSA-AES128-GCM-SHA256 in TLSv1.2 is new",
      "group X25519MLKEM768 is new",
      "signature rsa_pkcs1_sha1 in TLSv1.2 is gone",
      "signature rsa_pss_rsae_sha256 in TLSv1.2 is new",
      "certificate abababababab... is gone",
      "certificate cdcdcdcdcdcd... is new",
      "sweet32 is gone",
      "compression is new",
    ]);
  });

  it("of flaws is what both know", () => {
    const flaw = (result: FlawSeen["result"]): Inventory => ({ ...base, flaws: [{ name: "weak-signatures", result }] });
    expect(changesBetween(flaw("flawed"), flaw("unknown"))).toEqual([]);
    expect(changesBetween(flaw("unknown"), flaw("flawed"))).toEqual([]);
    expect(changesBetween({ ...base, flaws: [] }, flaw("flawed"))).toEqual([]);
    expect(changesBetween(flaw("flawed"), flaw("sound"))).toEqual(["weak-signatures is gone"]);
  });

  it("tells signatures of versions that both asked about, and that neither came nor went", () => {
    const signatures = { ...base.signatures, "TLSv1.3": ["ecdsa_sha256"] };
    const newest = { ...base, protocols: [...base.protocols, "TLSv1.3"] };
    expect(changesBetween(newest, { ...newest, signatures })).toEqual([]);
    expect(
      changesBetween({ ...base, signatures: { ...signatures, "TLSv1.3": [] } }, { ...newest, signatures }),
    ).toEqual(["TLSv1.3 is new"]);
    const more = { ...signatures, "TLSv1.3": ["ecdsa_sha256", "ed25519"] };
    expect(changesBetween({ ...newest, signatures }, { ...newest, signatures: more })).toEqual([
      "signature ed25519 in TLSv1.3 is new",
    ]);
  });

  it("never tells as gone what was not asked, nor as new what was not asked before", () => {
    const less: Inventory = { ...base, protocols: ["TLSv1.2"], suites: [], groups: [], isComplete: false };
    expect(changesBetween(base, less)).toEqual([]);
    expect(changesBetween(less, base)).toEqual([]);
  });
});
