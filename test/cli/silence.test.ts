import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openEmbedded } from "../../lib/store/embedded.ts";
import { openCause, owed, recorded } from "../fakes/causes.ts";
import { onData } from "../fakes/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "chainmail-silence-"));
const folderOfData = join(folder, "data");
const { chainmail } = onData(folderOfData);
afterAll(() => rmSync(folder, { recursive: true }));

function fits(file: string, text: string): boolean {
  const schema = JSON.parse(readFileSync(new URL(`../../docs/schema/${file}`, import.meta.url), "utf8"));
  return new Ajv2020({ formats: { "date-time": true } }).compile(schema)(JSON.parse(text));
}

const why = ["--reason", "new certificate"];

describe("chainmail silence", () => {
  beforeAll(async () => {
    const customers = join(folder, "customers.yaml");
    const windows =
      "windows: [{ id: patch-day, reason: patches, class: weak, cron: 0 2 * * sun, zone: UTC, lasts: 2h }]";
    writeFileSync(customers, `${windows}\ncustomers: [acme.example]\n`);
    expect((await chainmail("customers", "import", customers)).code).toBe(0);
  });

  it("is added, listed and removed", async () => {
    const added = await chainmail(
      "silence",
      "add",
      "--host",
      "MX1.gateway.example",
      "--for",
      "4h",
      ...why,
      "--by",
      "ops",
    );
    expect(added).toMatchObject({ code: 0, err: "" });
    const id = /^(S-[0-9A-F]{6}) silences everything of mx1\.gateway\.example until 20.+Z: new certificate\n$/.exec(
      added.out,
    )?.[1];
    const { out } = await chainmail("silence", "list");
    expect(out).toMatch(/^S-\S+ +everything of mx1\.gateway\.example, until 20\S+, by ops: new certificate$/m);
    expect(out).toMatch(/^patch-day +weak, next 20\S+, of the customers file: patches$/m);
    expect(fits("silences.json", (await chainmail("silence", "list", "--json")).out)).toBe(true);
    expect((await chainmail("silence", "remove", (id ?? "").toLowerCase())).code).toBe(0);
    expect((await chainmail("silence", "list")).out).not.toContain("S-");
  });

  it.each<[argv: readonly string[], sentence: string]>([
    [["add", "--class", "weak", "--for", "1h"], "required option '--reason <text>' not specified"],
    [["add", "--for", "1h", ...why], "a silence needs something to cover: --customer, --host or --class"],
    [["add", "--class", "weak", ...why], "a silence needs an end: either --for (like 4h or 2d) or --until"],
    [
      ["add", "--class", "weak", "--for", "1h", "--until", "2099-01-01T00:00Z", ...why],
      "a silence needs an end: either",
    ],
    [["add", "--class", "weak", "--for", "91d", ...why], "--for: '91d': a silence ends within 90 days"],
    [["add", "--class", "weak", "--for", "soon", ...why], "--for: 'soon': expected a duration"],
    [["add", "--class", "weak", "--until", "2020-01-01T00:00Z", ...why], "that is over already"],
    [["add", "--class", "weak", "--until", "tomorrow", ...why], "--until: 'tomorrow': expected a time with its offset"],
    [["add", "--class", "loss", "--for", "1h", ...why], "Allowed choices are cleartext"],
    [["add", "--host", "mx 1", "--for", "1h", ...why], "--host: 'mx 1': expected a host name"],
    [["add", "--customer", "nobody", "--for", "1h", ...why], "--customer: 'nobody': there is no such customer"],
    [["add", "--class", "weak", "--for", "1h", "--reason", "a\u001b[2J"], "--reason: expected 1 to 200 characters"],
    [["remove", "S-000000"], "'S-000000': there is no such silence"],
    [["remove", "patch-day"], "'patch-day' is a maintenance window: take it out of the customers file"],
  ])("%j is wrong usage: %s", async (argv, sentence) => {
    const { code, out, err } = await chainmail("silence", ...argv);
    expect(err).toContain(sentence);
    expect(err).toMatch(/^chainmail: .+\n$/);
    expect({ code, out }).toEqual({ code: 64, out: "" });
  });

  it("is shown beside the incident that it covers", async () => {
    const embedded = await openEmbedded(folderOfData);
    await embedded.store.state.putCause({ value: openCause([owed()]), version: 0 });
    await embedded.close();
    await chainmail("silence", "add", "--host", "192.0.2.1:25", "--for", "4h", ...why, "--by", "ops");
    const { out } = await chainmail("incidents");
    expect(out).toMatch(/CM-7F3A.+, held back by a silence of ops until 20\S+: new certificate$/m);
  });
});

describe("an import without the window", () => {
  it("lets go what the window held", async () => {
    const held = {
      kind: "window",
      id: "patch-day",
      reason: "patches",
      by: null,
      until: Date.now() + 3_600_000,
    } as const;
    const waiting = owed({ id: "CM-0001·1", held, subject: "192.0.2.9:25" }, { notBefore: held.until });
    const before = await openEmbedded(folderOfData);
    await before.store.state.putCause({ value: openCause([waiting], { subject: "192.0.2.9:25" }), version: 0 });
    await before.close();
    const file = join(folder, "without.yaml");
    writeFileSync(file, "customers: [acme.example]\n");
    expect((await chainmail("customers", "import", file)).code).toBe(0);
    const after = await openEmbedded(folderOfData);
    const { value } = await after.store.state.cause("cleartext", "192.0.2.9:25");
    expect(value?.outbox[0]?.notBefore).toBeLessThanOrEqual(Date.now());
    await after.close();
  });
});

describe("chainmail verify", () => {
  it("says that nothing was recorded yet", async () => {
    expect(await chainmail("verify")).toMatchObject({ code: 0, out: "0 entries, unbroken\n" });
  });

  it("walks the record: 0 while it is unbroken, 2 with the first entry that isn't as it was written", async () => {
    const embedded = await openEmbedded(folderOfData);
    for (const number of [1, 2, 3]) {
      await embedded.store.ledger.putRecord(recorded(owed({ id: `CM-7F3A·${number}` }).alert, ["console"]));
    }
    await embedded.close();
    const { code, out } = await chainmail("verify");
    expect(out).toMatch(/^3 entries, unbroken\nhash of entry 3: [0-9a-f]{64}\n$/);
    expect(code).toBe(0);
    expect(fits("verification.json", (await chainmail("verify", "--json")).out)).toBe(true);

    const again = await openEmbedded(folderOfData);
    const forged = { pk: "RECORD", sk: "000000000002", previous: "", hash: "", entry: new Uint8Array() };
    await again.client.send(new PutCommand({ TableName: again.tables.ledger, Item: forged }));
    await again.close();
    expect(await chainmail("verify")).toMatchObject({ code: 2, out: "entry 2 was changed: it can't be read\n" });
    expect(fits("verification.json", (await chainmail("verify", "--json")).out)).toBe(true);
  });
});
