import { describe, expect, it, test } from "vitest";
import { parseFleet } from "../../lib/customers/parse.ts";
import { describeProblem } from "../../lib/customers/problem.ts";
import { writeCustomer } from "../../lib/customers/write.ts";
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
