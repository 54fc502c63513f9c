import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { withStore } from "../../lib/cli/data.ts";
import { hear } from "../../lib/steps/deaf.ts";
import { onData } from "../fakes/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "chainmail-contacts-"));
const commands = onData(join(folder, "data"));
afterAll(() => rmSync(folder, { recursive: true }));

async function imported(text: string) {
  const file = join(folder, "customers.yaml");
  writeFileSync(file, text);
  return commands.chainmail("customers", "import", file, "--yes");
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
