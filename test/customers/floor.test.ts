import { describe, expect, it, test } from "vitest";
import { parseFleet } from "../../lib/customers/parse.ts";
import { describeProblem } from "../../lib/customers/problem.ts";
import { writeCustomer, writeHead } from "../../lib/customers/write.ts";
import { floorOf, standardFloors } from "../../lib/judge/grades/floors.ts";
import { defaultFloor } from "../../lib/model/customer.ts";

function parse(floor: string) {
  const text = `customers:\n  - id: acme\n    domains: [acme.example]\n    require:\n      gateway: { level: tls, floor: ${floor} }\n`;
  const { fleet, errors } = parseFleet(text, { file: "c.yaml", format: "yaml" });
  const [customer] = fleet.customers;
  return {
    floor: customer?.require.gateway.floor,
    written: customer && writeCustomer(customer).require,
    errors: errors.map(describeProblem),
  };
}

describe("a floor of the customers file", () => {
  test.each([
    ["ncsc-nl-good", "ncsc-nl", "good"],
    ["ncsc-nl-sufficient", "ncsc-nl", "sufficient"],
    ["ncsc-nl-phase-out", "ncsc-nl", "phase out"],
    ["mozilla-modern", "mozilla", "modern"],
    ["mozilla-intermediate", "mozilla", "intermediate"],
    ["mozilla-old", "mozilla", "old"],
    ["bcp195", "bcp195", "allowed"],
    ["bcp195-allowed", "bcp195", "allowed"],
    ["bcp195-recommended", "bcp195", "recommended"],
    ["pci-dss", "pci-dss", "strong"],
    ["nist", "nist-800-52r2", "conforming"],
  ])("may be a standard: %s", (name, id, level) => {
    const { floor, written, errors } = parse(name);
    expect(errors).toEqual([]);
    expect(floor).toEqual({ ...defaultFloor, standard: name });
    expect(written).toEqual({ gateway: { level: "tls", floor: name } });
    expect(floorOf(floor ?? defaultFloor)).toMatchObject({ level, standard: { id } });
    expect(standardFloors).toContain(name);
  });

  it("may count what is merely accepted, with a standard and with figures", () => {
    for (const [text, fields] of [
      ["{ standard: bcp195, acceptsNothingBelow: true }", { standard: "bcp195", acceptsNothingBelow: true }],
      ["{ rsaBits: 3072, acceptsNothingBelow: true }", { rsaBits: 3072, acceptsNothingBelow: true }],
    ] as const) {
      const { floor, written } = parse(text);
      expect(floor).toEqual({ ...defaultFloor, ...fields });
      expect(written).toEqual({ gateway: { level: "tls", floor: fields } });
    }
    expect(parse("{ acceptsNothingBelow: false }").floor).toEqual(defaultFloor);
  });

  test.each([
    [
      "ncsc-nl-sufficent",
      `c.yaml:5:37: customers[0].require.gateway.floor: 'ncsc-nl-sufficent': expected ${standardFloors.slice(0, -1).join(", ")} or nist; did you mean 'ncsc-nl-sufficient'?`,
    ],
    [
      "{ standard: iso-27001 }",
      `c.yaml:5:49: customers[0].require.gateway.floor.standard: 'iso-27001': expected ${standardFloors.slice(0, -1).join(", ")} or nist`,
    ],
    [
      "{ standard: nist, rsaBits: 2048 }",
      "c.yaml:5:37: customers[0].require.gateway.floor: expected a standard or figures, not both",
    ],
    [
      "{ acceptsNothingBelow: perhaps }",
      "c.yaml:5:60: customers[0].require.gateway.floor.acceptsNothingBelow: 'perhaps': expected true or false",
    ],
  ])("%s is told with its line, and what was expected", (floor, problem) => {
    expect(parse(floor).errors).toEqual([problem]);
  });
});

describe("scans in the customers file", () => {
  const head = (scan: string) =>
    parseFleet(`scan: ${scan}\ncustomers: [acme.example]\n`, { file: "c.yaml", format: "yaml" });
  const customer = (more: string) =>
    parseFleet(`customers:\n  - { id: acme, domains: [acme.example], ${more} }\n`, { file: "c.yaml", format: "yaml" });

  it("have a clock of their own, and a pace for each host", () => {
    for (const [text, settings] of [
      ["{ every: 12h, pace: 1/5m }", { everyMs: 43_200_000, pace: { connections: 1, perMs: 300_000 } }],
      ["{ every: never }", { everyMs: null }],
      ["{ pace: 6/1m }", { pace: { connections: 6, perMs: 60_000 } }],
    ] as const) {
      const { fleet, errors } = head(text);
      expect(errors).toEqual([]);
      expect(fleet.settings.scan).toEqual(settings);
    }
    const { fleet } = head("{ every: 12h, pace: 1/5m }");
    expect(writeHead(fleet.settings, []).scan).toEqual({ every: "12h", pace: "1/5m" });
    expect(writeHead(head("{ every: never }").fleet.settings, []).scan).toEqual({ every: "never" });
  });

  test.each([
    [
      "{ pace: fast }",
      "c.yaml:1:15: scan.pace: 'fast': expected a pace like 1/5m or 6/1m: connections, and in how long",
    ],
    [
      "{ pace: 0/1m }",
      "c.yaml:1:15: scan.pace: '0/1m': expected a pace like 1/5m or 6/1m: connections, and in how long",
    ],
    [
      "{ every: daily }",
      "c.yaml:1:16: scan.every: 'daily': expected a duration of an hour or more like 12h or 1d, or never",
    ],
    [
      "{ every: 59m }",
      "c.yaml:1:16: scan.every: '59m': expected a duration of an hour or more like 12h or 1d, or never",
    ],
    ["{ rate: 1/5m }", "c.yaml:1:9: scan: 'rate': unknown key; known are every, pace"],
  ])("%s is told with what was expected", (text, problem) => {
    expect(head(text).errors.map(describeProblem)).toEqual([problem]);
  });

  it("are as deep as a customer wants, and intrude only where it agreed", () => {
    const { fleet, errors } = customer("scan: full, intrusive: true");
    expect(errors).toEqual([]);
    expect(fleet.customers[0]).toMatchObject({ scan: "full", intrusive: true });
    expect(writeCustomer(fleet.customers[0] as NonNullable<(typeof fleet.customers)[0]>)).toMatchObject({
      scan: "full",
      intrusive: true,
    });
    expect(customer("scan: none").fleet.customers[0]?.scan).toBe("none");
    // What is the default leaves nothing behind.
    expect(Object.keys(customer("scan: grade, intrusive: false").fleet.customers[0] ?? {})).not.toEqual(
      expect.arrayContaining(["scan"]),
    );
    expect(customer("scan: deep").errors.map(describeProblem)[0]).toMatch(/'deep': expected none, grade or full/);
  });
});
