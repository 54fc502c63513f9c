import { describe, expect, it } from "vitest";
import { changesBetween, type Inventory } from "../../lib/judge/scan-diff.ts";

const base: Inventory = {
  protocols: ["TLSv1", "TLSv1.2"],
  suites: ["AES128-SHA in TLSv1", "AES128-SHA in TLSv1.2"],
  groups: ["x25519"],
  certificates: ["ab".repeat(32)],
  flaws: [],
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
      certificates: ["cd".repeat(32)],
      flaws: ["compression"],
    };
    expect(changesBetween(base, after)).toEqual([
      "TLSv1 is gone",
      "TLSv1.3 is new",
      "AES128-SHA in TLSv1.2 is gone",
      "ECDHE-RSA-AES128-GCM-SHA256 in TLSv1.2 is new",
      "group X25519MLKEM768 is new",
      "certificate abababababab... is gone",
      "certificate cdcdcdcdcdcd... is new",
      "compression is new",
    ]);
  });

  it("never tells as gone what was not asked, nor as new what was not asked before", () => {
    const less: Inventory = { ...base, protocols: ["TLSv1.2"], suites: [], groups: [], isComplete: false };
    expect(changesBetween(base, less)).toEqual([]);
    expect(changesBetween(less, base)).toEqual([]);
  });
});
