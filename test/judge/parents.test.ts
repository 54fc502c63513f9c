import { describe, expect, it, test } from "vitest";
import { type ChildFacts, familiesOf, isOverFor, opensParent, parentsOf } from "../../lib/judge/parents.ts";

const child = (over: Partial<ChildFacts> = {}): ChildFacts => {
  return {
    address: "192.0.2.1",
    host: "mx1.mail.example.co.uk",
    certificate: null,
    gateways: [],
    onlyFrom: null,
    ...over,
  };
};
const subjects = (facts: ChildFacts) => parentsOf(facts).map(({ subject }) => subject);

describe("what a target shares with others", () => {
  it("is its address, its gateway, its provider, and what only one vantage sees; of certificates the certificate", () => {
    expect(subjects(child())).toEqual(["address:192.0.2.1", "provider:example.co.uk"]);
    expect(subjects(child({ gateways: ["acme"], onlyFrom: "west", certificate: "ab".repeat(32) }))).toEqual([
      `certificate:${"ab".repeat(32)}`,
      "address:192.0.2.1",
      "mx:acme",
      "provider:example.co.uk",
      "vantage:west",
    ]);
    expect(subjects(child({ host: null }))).toEqual(["address:192.0.2.1"]);
  });
});

describe("a parent", () => {
  test.each([
    [4, 4, false],
    [5, 5, true],
    [5, 25, true],
    [5, 26, false],
    [20, 100, true],
    [19, 100, false],
    [5, 0, true],
  ])("of which %i of %i suffer opens: %s", (suffering, known, opens) => {
    expect(opensParent(suffering, known)).toBe(opens);
  });

  it("is over when each of those left can be told alone", () => {
    expect([5, 4, 0].map(isOverFor)).toEqual([false, true, true]);
  });
});

describe("families", () => {
  const of = (name: string, over: Partial<ChildFacts>) => ({ child: name, keys: parentsOf(child(over)) });

  it("take each child once: what explains the most first", () => {
    const provider = ["a", "b", "c", "d", "e"].map((name, at) =>
      of(name, { address: `192.0.2.${at}`, host: `${name}.mail.example` }),
    );
    const address = ["f", "g", "h", "i", "j", "k"].map((name) =>
      of(name, { address: "198.51.100.1", host: `${name}.other.example` }),
    );
    const alone = of("z", { address: "203.0.113.1", host: "z.third.example" });
    const families = familiesOf([...provider, ...address, alone], () => 0);
    expect(families.map(({ key, children }) => [key.subject, children.join("")])).toEqual([
      ["address:198.51.100.1", "fghijk"],
      ["provider:mail.example", "abcde"],
    ]);
  });

  const certificates = (shown: readonly string[]) => {
    return shown.map((certificate, at) => {
      return of(`${at}`, { address: `192.0.2.${at}`, host: `mx${at}.mail.example`, certificate });
    });
  };

  it("are of the most specific that most of them share", () => {
    const of7 = certificates(["aa", "aa", "aa", "aa", "aa", "bb", "cc"]);
    expect(familiesOf(of7, () => 0).map(({ key, children }) => [key.subject, children.join("")])).toEqual([
      ["certificate:aa", "01234"],
    ]);
  });

  it("are of all of them, where what is more specific is of half", () => {
    const of10 = certificates(["aa", "aa", "aa", "aa", "aa", "bb", "bb", "bb", "bb", "bb"]);
    expect(familiesOf(of10, () => 0).map(({ key, children }) => [key.subject, children.length])).toEqual([
      ["provider:mail.example", 10],
    ]);
  });

  it("aren't made of a few among many", () => {
    const some = ["a", "b", "c", "d", "e"].map((name, at) =>
      of(name, { address: `192.0.2.${at}`, host: `${name}.mail.example` }),
    );
    expect(familiesOf(some, ({ kind }) => (kind === "provider" ? 100 : 0))).toEqual([]);
  });
});
