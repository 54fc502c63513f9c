import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { cliJsonSchemas } from "../../lib/cli/schemas.ts";
import { chainmail } from "../fakes/cli.ts";
import { type DnsServer, startDns } from "../fakes/dns-server.ts";
import { type FakeMailServer, startMailServer } from "../fakes/mail-server.ts";

test.each(Object.entries(cliJsonSchemas()))("docs/schema/%s: run `npm run docs` after a change", (file, schema) => {
  const published = readFileSync(new URL(`../../docs/schema/${file}`, import.meta.url), "utf8");
  expect(published).toBe(`${JSON.stringify(schema, null, 2)}\n`);
});

const schemaOf = (file: string) =>
  JSON.parse(readFileSync(new URL(`../../docs/schema/${file}`, import.meta.url), "utf8"));

describe("what --json prints fits its schema", () => {
  let server: FakeMailServer;
  let dns: DnsServer;
  beforeAll(async () => {
    server = await startMailServer({});
    dns = await startDns({
      "mail.acme.example": { A: ["127.0.0.1"] },
      "two.acme.example": { A: ["127.0.0.1", "127.0.0.2"] },
      "null.example": { MX: ["0 ."] },
    });
  });
  afterAll(async () => {
    await server.close();
    await dns.close();
  });

  it.each<[name: string, argv: (port: number) => readonly string[], file: string, code: number]>([
    ["an address", (port) => ["probe", `127.0.0.1:${port}`], "probe.json", 1],
    ["a name with one address", (port) => ["probe", `mail.acme.example:${port}`], "probe.json", 1],
    ["a name with two, of which one is closed", (port) => ["probe", `two.acme.example:${port}`], "probe.json", 1],
    ["a domain that takes no mail", () => ["probe", "null.example", "--mx"], "probe.json", 3],
    ["a domain that isn't there", () => ["probe", "nosuch.example", "--mx"], "probe.json", 3],
    [
      "a whole chain",
      (port) => ["check", "null.example", "--downstream", `mail.acme.example:${port}`],
      "status.json",
      1,
    ],
  ])("%s", async (_name, argv, file, code) => {
    const options = ["--json", "--allow-private", "--timeout", "5s", "--resolver", dns.address];
    const { code: ended, out } = await chainmail(...argv(server.port), ...options);
    const ajv = new Ajv2020({ allErrors: true, formats: { "date-time": true, date: true } });
    const fits = ajv.compile(schemaOf(file));
    expect(fits(JSON.parse(out)), ajv.errorsText(fits.errors)).toBe(true);
    expect(ended).toBe(code);
  });
});
