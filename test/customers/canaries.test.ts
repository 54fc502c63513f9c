import { describe, expect, it } from "vitest";
import { parseFleet } from "../../lib/customers/parse.ts";
import { describeProblem } from "../../lib/customers/problem.ts";
import { writeHead } from "../../lib/customers/write.ts";

function read(...canaries: readonly string[]) {
  const text = JSON.stringify({ canaries, customers: [] });
  const { fleet, errors } = parseFleet(text, { file: "customers.json", format: "json" });
  return {
    canaries: fleet.settings.canaries,
    written: writeHead(fleet.settings, []),
    errors: errors.map(describeProblem),
  };
}

describe("canaries", () => {
  it("are public servers of others, by name or address, and are written as they were read", () => {
    const named = ["mx.one.example", "60.0.1.1:587", "[2a00:1450::1]:26"];
    const { canaries, written, errors } = read(...named);
    expect(errors).toEqual([]);
    expect(canaries).toEqual([
      { host: "mx.one.example", port: 25 },
      { host: "60.0.1.1", port: 587 },
      { host: "2a00:1450::1", port: 26 },
    ]);
    expect(written).toMatchObject({ canaries: named });
  });

  it("may be none", () => {
    expect(read()).toMatchObject({ canaries: [], errors: [] });
    expect(read().written).not.toHaveProperty("canaries");
  });

  it.each<[string, readonly string[], string]>([
    ["a private one", ["10.0.0.1", "60.0.0.1", "61.0.0.1"], "a public address, and not one of 10.0.0.0/8"],
    ["loopback", ["127.0.0.1", "60.0.0.1", "61.0.0.1"], "a public address, and not one of 127.0.0.0/8"],
    ["two", ["60.0.0.1", "61.0.0.1"], "at least 3 canaries, or none"],
    ["one network", ["60.0.0.1", "60.0.1.1", "60.0.2.1"], "canaries in at least 2 unrelated networks"],
    ["one provider", ["a.mail.example", "b.mail.example", "c.mail.example"], "in at least 2 unrelated networks"],
    ["a port that isn't dialled", ["60.0.0.1:8025", "61.0.0.1", "62.0.0.1"], "one of the ports 25, 26, 465, 587, 2525"],
  ])("are refused where they are %s", (_name, canaries, words) => {
    expect(read(...canaries).errors.join("\n")).toContain(words);
  });
});
