import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scoreOf } from "../../../lib/judge/grades/score.ts";
import type { ProtocolName } from "../../../lib/model/observation.ts";
import { groups } from "../../../lib/protocols/tls/groups.ts";
import { suites } from "../../../lib/protocols/tls/suites.ts";
import { leaf } from "../build.ts";
import { type Accepted, scanOf } from "./scans.ts";

const versions: readonly ProtocolName[] = ["SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];
const p256 = leaf({ keyType: "ec", keyBits: 256 });

const accepted: fc.Arbitrary<Accepted> = fc.record({
  suites: fc
    .tuple(
      ...versions.map((name) =>
        fc.subarray(
          suites.filter(({ tls13 }) => tls13 === (name === "TLSv1.3")).map(({ openssl }) => openssl),
          { maxLength: 8 },
        ),
      ),
    )
    .map((lists) => Object.fromEntries(versions.flatMap((name, at) => (lists[at]?.length ? [[name, lists[at]]] : [])))),
  groups: fc.subarray(
    groups.map(({ name }) => name),
    { maxLength: 6 },
  ),
  primes: fc.subarray([512, 1024, 2048, 3072, 4096]),
  habits: fc.record({ compression: fc.boolean(), secureRenegotiation: fc.boolean() }),
  intolerant: fc.boolean(),
});

/** The same with less accepted, and fewer flaws. */
const stricter = ({ suites: lists, groups: some = [], primes = [], habits }: Accepted, seed: number): Accepted => {
  const keep = (_: unknown, at: number) => ((seed >> (at % 24)) & 1) === 0;
  return {
    suites: Object.fromEntries(
      Object.entries(lists).flatMap(([name, list]) => {
        const kept = list?.filter(keep) ?? [];
        return kept.length > 0 ? [[name, kept]] : [];
      }),
    ),
    groups: some.filter(keep),
    primes: primes.filter(keep),
    habits: { ...habits, compression: false },
    intolerant: false,
  };
};

describe("the score", () => {
  it("never falls when a server is made stricter", () => {
    let compared = 0;
    fc.assert(
      fc.property(accepted, fc.nat(), (server, seed) => {
        const [before, after] = [scoreOf(scanOf(server), [p256]), scoreOf(scanOf(stricter(server, seed)), [p256])];
        if (before === null || after === null) return;
        compared++;
        expect(after).toBeGreaterThanOrEqual(before);
      }),
      { numRuns: 2_000, seed: 3 },
    );
    expect(compared).toBeGreaterThan(1_000);
  });

  it("is 100 for TLS 1.3 with strong keys alone, and low for what protects from nobody", () => {
    const best = { suites: { "TLSv1.3": ["TLS_AES_256_GCM_SHA384"] } };
    expect(scoreOf(scanOf(best), [p256])).toBe(100);
    expect(scoreOf(scanOf(best), [leaf({ keyType: "rsa", keyBits: 2048 })])).toBe(98);
    const worst = { suites: { SSLv3: ["EXP-RC4-MD5", "NULL-MD5"] }, groups: ["secp160r1"], primes: [512] };
    expect(scoreOf(scanOf(worst), [leaf({ keyType: "rsa", keyBits: 512 })])).toBeLessThan(15);
  });

  it("isn't given where not enough is known", () => {
    expect(scoreOf(scanOf({ suites: {} }), [])).toBe(null);
    expect(scoreOf({ ...scanOf({ suites: { "TLSv1.3": ["TLS_AES_256_GCM_SHA384"] } }), incomplete: "reset" }, [])).toBe(
      null,
    );
  });
});
