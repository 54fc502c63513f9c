import fc from "fast-check";
import { expect, it } from "vitest";
import type { DnsRecord, DnsType, Resolver } from "../../../lib/model/ports.ts";
import { findDomain } from "../../../lib/protocols/dns/host.ts";
import { lookup } from "../../../lib/protocols/dns/lookup.ts";

const names = ["a.example", "b.example", "c.example", "d.example", "no name", "."];
const name = fc.constantFrom(...names);

/** Records that no honest server would send together. */
const record: fc.Arbitrary<DnsRecord> = fc.record({
  name,
  type: fc.constantFrom("A", "AAAA", "MX", "CNAME", "TXT"),
  ttl: fc.nat(),
  data: fc.oneof(
    name,
    fc.ipV4(),
    fc.ipV6(),
    fc.record({ preference: fc.nat(65_535), exchange: name }),
    fc.constantFrom(null, undefined, 7, {}, []),
  ),
});

/** Answers by question, the same each time. */
const hostileResolver = fc
  .array(fc.array(record, { maxLength: 6 }), { minLength: 1, maxLength: 12 })
  .map((answers) => (count: { questions: number }): Resolver => {
    const seen = new Map<string, number>();
    return async (asked: string, type: DnsType) => {
      count.questions++;
      const key = `${type} ${asked}`;
      const at = seen.get(key) ?? seen.size % answers.length;
      seen.set(key, at);
      return { kind: "answer", records: answers[at] ?? [], ttl: 60 };
    };
  });

it("ends after nine questions at most, whatever the aliases do", async () => {
  await fc.assert(
    fc.asyncProperty(hostileResolver, fc.constantFrom("A", "MX"), async (make, type) => {
      const count = { questions: 0 };
      const found = await lookup("a.example", type, make(count));
      expect(count.questions).toBeLessThanOrEqual(9);
      expect(new Set(found.aliases).size).toBe(found.aliases.length);
      expect(found.aliases).not.toContain("a.example");
    }),
    { numRuns: 500 },
  );
});

it("gives well-formed facts of any answers at all", async () => {
  await fc.assert(
    fc.asyncProperty(hostileResolver, async (make) => {
      const { mx, hosts } = await findDomain("a.example", make({ questions: 0 }));
      const exchanges = mx.kind === "mx" || mx.kind === "implicit" ? mx.records.map(({ host }) => host) : [];
      expect(hosts.map(({ host }) => host)).toEqual(exchanges);
      for (const exchange of exchanges) expect(exchange).toMatch(/^[a-d]\.example$/);
      for (const address of hosts.flatMap(({ addresses }) => addresses)) expect(address).toMatch(/^[0-9a-f.:]+$/);
    }),
    { numRuns: 500 },
  );
});
