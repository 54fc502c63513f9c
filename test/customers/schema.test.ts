import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { customersJsonSchema } from "../../lib/customers/schema.ts";

const shipped: Record<string, unknown> = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../docs/schema/customers.json"), "utf8"),
);

describe("the JSON Schema that editors are given", () => {
  it("is the one that files are read by (npm run docs writes it)", () => {
    expect(shipped).toEqual(customersJsonSchema());
  });

  const accepts = new Ajv2020({ strict: false }).compile(shipped);

  it.each([
    "customers: []",
    "customers: [acme.example]",
    "{ gateways: [{ id: g, hosts: [mx.g.example] }], customers: [{ id: acme, domains: [{ name: a.example, tlsMode: enabled }], downstream: [m.a.example] }] }",
    "{ policy: { cleanFor: 10m }, notify: { webhook: ['https://a.example'] }, customers: [] }",
    "{ notify: { slack: ['https://a.example'], teams: ['https://a.example'], pagerduty: [R0, { routingKey: R1 }] }, customers: [] }",
    "{ notify: { escalate: { after: 30m, to: b@a.example, slack: ['https://a.example'] } }, customers: [{ id: a, domains: [a.example], contacts: [{ email: b@a.example, after: 1h }] }] }",
    "{ notify: { heartbeat: 'https://a.example/1', weekly: true }, customers: [] }",
  ])("accepts %s", (text) => {
    expect(accepts(parse(text))).toBe(true);
  });

  it.each([
    "gateways: []",
    "{ custmers: [], customers: [] }",
    "customers: [{ domains: [a.example] }]",
    "customers: [{ id: a b, domains: [a.example] }]",
    "customers: [{ id: a, downstream: [{ host: a.example, port: 0 }] }]",
    "customers: [{ id: a, domains: [{ name: a.example, tlsMode: on }] }]",
    "{ policy: { cleanFor: ten minutes }, customers: [] }",
    "{ notify: { pagerduty: [{}] }, customers: [] }",
    "{ notify: { escalate: { after: soon, to: b@a.example } }, customers: [] }",
  ])("refuses %s", (text) => {
    expect(accepts(parse(text))).toBe(false);
  });
});
