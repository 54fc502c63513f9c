import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withStore } from "../../lib/cli/data.ts";
import { hear } from "../../lib/steps/deaf.ts";
import { unsubscribe } from "../../lib/steps/unsubscribe.ts";
import { onData } from "../fakes/cli.ts";
import { type DnsServer, startDns } from "../fakes/dns-server.ts";

const folder = mkdtempSync(join(tmpdir(), "chainmail-contacts-"));
const commands = onData(join(folder, "data"));
let dns: DnsServer;
beforeAll(async () => {
  dns = await startDns({
    "elsewhere.example": { MX: ["10 mx.elsewhere.example"] },
    "holding.example": { MX: ["10 mx9.elsewhere.example", "20 mx.gateway.example"] },
  });
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await dns.close();
});

async function imported(text: string, server = dns.address) {
  const file = join(folder, "customers.yaml");
  writeFileSync(file, text);
  return commands.chainmail("customers", "import", file, "--yes", "--resolver", server);
}

describe("chainmail customers import", () => {
  it("warns of contacts that are told by the watched path alone, and imports them", async () => {
    const { code, err } = await imported(
      "customers: [{ id: acme, domains: [acme.example], contacts: [it@acme.example] }]",
    );
    expect(code).toBe(0);
    expect(err).toBe(
      "warning: customer 'acme': it@acme.example is delivered through mail servers that are watched here; when these break, no message reaches it: add a second channel that doesn't depend on them\n",
    );
  });

  it("says nothing where there is another way", async () => {
    const contacts = "contacts: [it@acme.example, it@elsewhere.example]";
    expect((await imported(`customers: [{ id: acme, domains: [acme.example], ${contacts} }]`)).err).toBe("");
  });

  it("asks DNS whether another domain's mail goes through a watched gateway", async () => {
    const file = `gateways: [{ id: gw, hosts: [mx.gateway.example] }]
customers: [{ id: acme, gateway: gw, domains: [acme.example], contacts: [it@holding.example] }]`;
    const { code, err } = await imported(file);
    expect(code).toBe(0);
    expect(err).toMatch(
      /^warning: customer 'acme': it@holding\.example is delivered through mail servers that are watched/,
    );
  });

  it("says twenty in full and counts the rest", async () => {
    const ids = Array.from({ length: 23 }, (_, number) => `c${number}`);
    const customers = ids.map((id) => `  - { id: ${id}, domains: [${id}.example], contacts: [it@${id}.example] }`);
    const { err } = await imported(["customers:", ...customers, ""].join("\n"));
    expect(err.trimEnd().split("\n")).toHaveLength(21);
    expect(err).toMatch(/warning: the same of 3 more\n$/);
  });

  it("keeps that a test was asked for, and says what else it could be", async () => {
    expect((await imported("notify: { test: monthly }\ncustomers: [acme.example]")).code).toBe(0);
    expect((await commands.chainmail("customers", "export")).out).toContain("test: monthly");
    expect((await imported("notify: { test: daily }\ncustomers: [acme.example]")).err).toContain("monthly");
  });

  it("ends the incident of a channel that it doesn't name any more, and of no other", async () => {
    const both = "contacts: [it@acme.example, it@elsewhere.example]";
    await imported(`customers: [{ id: acme, domains: [acme.example], ${both} }]`);
    await withStore({ data: join(folder, "data") }, async (store) => {
      for (const address of ["it@acme.example", "it@elsewhere.example"])
        await hear(store, { channel: `smtp:${address}`, trouble: { code: "x", evidence: [], advice: "" } }, Date.now());
    });
    await imported("customers: [{ id: acme, domains: [acme.example], contacts: [it@elsewhere.example] }]");
    await withStore({ data: join(folder, "data") }, async ({ state }) => {
      const of = async (address: string) => (await state.cause("deaf", `smtp:${address}`)).value?.state;
      expect(await of("it@acme.example")).toBe("clear");
      expect(await of("it@elsewhere.example")).toBe("open");
    });
  });
});

describe("a contact that unsubscribed", () => {
  const file = "customers: [{ id: acme, domains: [acme.example], contacts: [it@acme.example, It@elsewhere.example] }]";
  const gone = { address: "it@elsewhere.example", customer: "acme", by: "page" } as const;

  it("stays so through an import, is shown, and is no second way", async () => {
    await imported(file);
    await commands.inStore((store) => unsubscribe(store, gone, Date.now()));
    expect((await imported(file)).err).toMatch(/^warning: customer 'acme': it@acme\.example is delivered/);
    await imported("customers: [{ id: other, domains: [other.example] }]");
    await imported(file);
    expect((await commands.chainmail("customers", "list")).out).toContain(
      "acme.example (unsubscribed: It@elsewhere.example)",
    );
    const { customers } = JSON.parse((await commands.chainmail("customers", "list", "--json")).out);
    expect(customers).toMatchObject([{ id: "acme", unsubscribed: ["It@elsewhere.example"] }]);
    expect((await commands.chainmail("status", "acme")).out).toContain(
      "contact It@elsewhere.example unsubscribed: it gets no messages",
    );
    expect(JSON.parse((await commands.chainmail("status", "acme", "--json")).out).unsubscribed).toEqual([
      "It@elsewhere.example",
    ]);
    expect((await commands.chainmail("customers", "export")).out).toContain("It@elsewhere.example");
  });

  it("is subscribed again by the operator, once", async () => {
    const again = await commands.chainmail("customers", "subscribe", "it@elsewhere.example");
    expect(again).toMatchObject({
      code: 0,
      out: "it@elsewhere.example gets messages again, as far as the customers file names it\n",
    });
    expect((await commands.chainmail("customers", "list")).out).not.toContain("unsubscribed");
    expect(await commands.chainmail("customers", "subscribe", "it@elsewhere.example")).toMatchObject({ code: 64 });
  });
});
