import { describe, expect, it } from "vitest";
import type { HostFacts } from "../../lib/model/domain-facts.ts";
import { hostAfter } from "../../lib/steps/dns-change.ts";
import type { StoredHost } from "../../lib/store/store.ts";

const hour = 3_600_000;
const [a, b, c, d] = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"] as const;

const facts = (addresses: readonly string[]): HostFacts => ({
  host: "mx.example",
  addresses,
  aliases: [],
  failure: null,
  ttl: 300,
});

/** What is in use after each answer, and how many writes and events it took. */
function follow(answers: readonly (readonly [at: number, addresses: readonly string[]])[]) {
  let kept: StoredHost | undefined;
  const inUse: (readonly string[])[] = [];
  const count = { writes: 0, events: 0, moves: 0 };
  for (const [at, addresses] of answers) {
    const change = hostAfter(kept, facts(addresses), at * hour);
    if (change) {
      kept = change.stored;
      count.writes++;
      if (change.event) count.events++;
      if (change.moves) count.moves++;
    }
    inUse.push(kept?.facts.addresses ?? []);
  }
  return { inUse, kept, ...count };
}

describe("a host that moves", () => {
  it("gives its old address up at once", () => {
    expect(
      follow([
        [0, [a]],
        [1, [b]],
        [2, [b]],
      ]),
    ).toMatchObject({ inUse: [[a], [b], [b]], writes: 2 });
  });

  it("and moves on, is no pool", () => {
    expect(
      follow([
        [0, [a]],
        [1, [b]],
        [2, [c]],
        [3, [d]],
      ]).inUse,
    ).toEqual([[a], [b], [c], [d]]);
  });

  it("and moves back, as after a failover, is no pool", () => {
    expect(
      follow([
        [0, [a]],
        [1, [b]],
        [2, [a]],
      ]).inUse,
    ).toEqual([[a], [b], [a]]);
  });

  it("and moves to and fro with a day between, is no pool", () => {
    expect(
      follow([
        [0, [a]],
        [1, [b]],
        [26, [a]],
      ]).inUse,
    ).toEqual([[a], [b], [a]]);
  });
});

describe("a host whose addresses DNS gives in turn", () => {
  it("keeps them all once that happened twice", () => {
    expect(
      follow([
        [0, [a]],
        [1, [b]],
        [2, [c]],
        [3, [a]],
        [4, [b]],
        [5, [c]],
      ]).inUse.slice(2),
    ).toEqual([[c], [a], [a, b, c], [a, b, c]]);
  });

  it("is remembered without news while they take turns", () => {
    const turns = Array.from({ length: 100 }, (_, n) => [n, [[a, b, c][n % 3] ?? a]] as const);
    const { inUse, events, writes } = follow(turns);
    expect(inUse.at(-1)).toEqual([a, b, c]);
    expect([events, writes]).toEqual([4, 100]);
  });

  it("writes nothing while the answer stays the same", () => {
    expect(
      follow([
        [0, [a]],
        [1, [b]],
        [2, [a]],
        [3, [b]],
        [4, [b]],
        [5, [b]],
      ]).writes,
    ).toBe(4);
  });

  it("drops an address that it hasn't given for a day", () => {
    const { inUse } = follow([
      [0, [a]],
      [1, [b]],
      [2, [a]],
      [3, [c]],
      [4, [a]],
      [5, [c]],
      [24, [a]],
      [26, [c]],
    ]);
    expect(inUse.slice(-2)).toEqual([
      [a, b, c],
      [a, c],
    ]);
  });

  it("is no pool any more after a day of the same answer", () => {
    const { inUse } = follow([
      [0, [a]],
      [1, [b]],
      [2, [a]],
      [3, [b]],
      [10, [b]],
      [27, [b]],
    ]);
    expect(inUse.slice(3)).toEqual([[a, b], [a, b], [b]]);
  });

  it("has a bound", () => {
    const many = Array.from({ length: 200 }, (_, n) => [n / 100, [`198.18.0.${n}`]] as const);
    const { kept } = follow([...many, [3, ["198.18.0.198"]], [4, ["198.18.0.199"]]]);
    expect(kept?.facts.addresses).toHaveLength(65);
  });
});
