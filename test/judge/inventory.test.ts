import { describe, expect, it } from "vitest";
import { scanChanges } from "../../lib/judge/inventory.ts";
import { type Accepted, scanOf } from "./grades/scans.ts";

const modern: Accepted = {
  suites: { "TLSv1.2": ["ECDHE-RSA-AES128-GCM-SHA256"], "TLSv1.3": ["TLS_AES_128_GCM_SHA256"] },
  groups: ["X25519MLKEM768", "x25519"],
};
const old: Accepted = {
  suites: {
    TLSv1: ["AES128-SHA"],
    "TLSv1.2": ["ECDHE-RSA-AES128-GCM-SHA256", "AES128-SHA", "DES-CBC3-SHA"],
    "TLSv1.3": ["TLS_AES_128_GCM_SHA256"],
  },
  groups: ["x25519", "secp256r1"],
};
const graded = (accepted: Accepted) => ({ ...scanOf(accepted), depth: "grade" as const });

describe("what changed between two scans", () => {
  it("is all that is gone or new, where both asked for all", () => {
    expect(scanChanges(scanOf(old), scanOf(modern))).toEqual([
      "TLSv1 is gone",
      "AES128-SHA in TLSv1.2 is gone",
      "DES-CBC3-SHA in TLSv1.2 is gone",
      "group secp256r1 is gone",
      "group X25519MLKEM768 is new",
      "sweet32 is gone",
    ]);
    expect(scanChanges(scanOf(old), scanOf(old))).toEqual([]);
  });

  it("is what a graded scan would have come upon, and not what it may have passed over", () => {
    // secp256r1 may still be accepted: nobody asked for a group as good as those that were seen.
    expect(scanChanges(graded(old), graded(modern))).toEqual([
      "TLSv1 is gone",
      "AES128-SHA is gone",
      "DES-CBC3-SHA is gone",
      "group X25519MLKEM768 is new",
      "sweet32 is gone",
    ]);
    expect(scanChanges(graded(modern), graded(old))).toEqual([
      "TLSv1 is new",
      "AES128-SHA is new",
      "DES-CBC3-SHA is new",
      "sweet32 is new",
    ]);
  });

  it("calls nothing gone that a scan which was cut short didn't come to", () => {
    expect(scanChanges(scanOf(old), { ...scanOf(modern), incomplete: "421" })).toEqual(["group X25519MLKEM768 is new"]);
  });
});
