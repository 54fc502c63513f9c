/** A whole fleet moved from one process to AWS and back, in the middle of incidents. */

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exportCommand } from "../../lib/cli/fleet.ts";
import { notify } from "../../lib/steps/notify.ts";
import { openTables } from "../../lib/store/copy.ts";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import type { Store } from "../../lib/store/store.ts";
import { alert, openCause, owed, recorded } from "../fakes/causes.ts";
import { fakeChannel } from "../fakes/channels.ts";
import { chainmail } from "../fakes/cli.ts";
import { customerOf } from "../fakes/customers.ts";
import { type FakeAws, startAws } from "../lambdas/aws.ts";

const stack = ["--stack", "chainmail"];
let folder: string;
let aws: FakeAws;
let here: readonly string[];
let file: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "chainmail-fleet-"));
  here = ["--data", join(folder, "data")];
  file = join(folder, "fleet.jsonl");
  aws = await startAws();
});
afterEach(async () => {
  await aws.close();
  rmSync(folder, { recursive: true });
});

async function inFolder<T>(work: (embedded: EmbeddedStore) => Promise<T>): Promise<T> {
  const embedded = await openEmbedded(here[1] ?? "");
  try {
    return await work(embedded);
  } finally {
    await embedded.close();
  }
}

/** Customers, one incident that was told and one whose message is owed, and a record of both. */
async function fill({ config, state, ledger }: Store): Promise<void> {
  const customers = Array.from({ length: 300 }, (_, number) => customerOf(`customer-${number}`));
  await config.putCustomers(customers);
  await config.bumpRevision();
  await config.putToken("f".repeat(64), { customer: null, createdAt: 0 });
  await state.putCause({ value: openCause([], { subject: "192.0.2.1:25" }), version: 0 });
  const message = owed({ id: "CM-99·1", incident: "CM-99", subject: "192.0.2.2:25" });
  await state.putCause({ value: openCause([message], { subject: "192.0.2.2:25" }), version: 0 });
  await state.putDocument("breaker", { value: { held: true }, version: 0 });
  for (const number of [1, 2, 3]) await ledger.putRecord(recorded(alert({ id: `CM-7F3A·${number}` }), ["console"]));
}

async function itemsOf({ client, tables }: Pick<EmbeddedStore, "client" | "tables">): Promise<unknown> {
  const all = await Promise.all(
    Object.values(tables).map(async (TableName) => (await client.send(new ScanCommand({ TableName }))).Items ?? []),
  );
  return all.map((items) => items.toSorted((a, b) => `${a.pk} ${a.sk}`.localeCompare(`${b.pk} ${b.sk}`)));
}

/** As the shell would: standard output into the file. */
async function exportTo(target: string, from: readonly string[]): Promise<string> {
  const { code, out, err } = await chainmail("export", ...from);
  expect(code).toBe(0);
  writeFileSync(target, out);
  return err;
}

async function told(store: Store): Promise<readonly string[]> {
  const channel = fakeChannel("console");
  const rest = { contactChannels: () => [], alertLog: null, baseUrl: null };
  for (const _ of [1, 2]) await notify({ store, now: () => Date.now(), operators: [channel], ...rest });
  return channel.letters.map(({ id }) => id);
}

describe("a fleet", () => {
  it("moves to AWS and back, item by item; its record verifies there, and what is owed is told once", async () => {
    await inFolder(({ store }) => fill(store));
    const before = await inFolder(itemsOf);
    expect(await exportTo(file, here)).toBe("exported 312 items\n");
    const imported = await chainmail("import", file, ...stack);
    expect(imported.out).toMatch(
      /^imported 302 of config, 4 of state, 6 of ledger, exported \S+ by release 0\.1\.0\nthe record: 3 entries, unbroken\n$/,
    );
    expect(imported.code).toBe(0);
    expect(await itemsOf(aws)).toEqual(before);
    expect((await chainmail("verify", ...stack)).out).toContain("3 entries, unbroken");
    expect(await told(aws.store)).toEqual(["CM-99·1"]);

    const back = join(folder, "back.jsonl");
    const other = ["--data", join(folder, "other")];
    await exportTo(back, stack);
    expect((await chainmail("import", back, ...other)).code).toBe(0);
    here = other;
    expect(await inFolder(itemsOf)).toEqual(await itemsOf(aws));
    expect(await inFolder(({ store }) => told(store))).toEqual([]);
    expect((await chainmail("verify", ...other)).out).toContain("4 entries, unbroken");
  });

  it("is imported twice to the same", async () => {
    await inFolder(({ store }) => fill(store));
    await exportTo(file, here);
    await chainmail("import", file, ...stack);
    const once = await itemsOf(aws);
    const again = await chainmail("import", file, ...stack);
    expect([again.code, again.err]).toEqual([
      64,
      `chainmail: stack 'chainmail' isn't empty: nothing was imported; with --yes all that is there is replaced\n`,
    ]);
    expect((await chainmail("import", file, ...stack, "--yes")).code).toBe(0);
    expect(await itemsOf(aws)).toEqual(once);
  });

  it("replaces what is there with --yes, and nothing of it is left", async () => {
    await inFolder(({ store }) => fill(store));
    await exportTo(file, here);
    await aws.store.config.putCustomers([customerOf("old")]);
    for (const number of [1, 2, 3, 4, 5])
      await aws.store.ledger.putRecord(recorded(alert({ id: `CM-OLD·${number}` }), []));
    expect((await chainmail("import", file, ...stack, "--yes")).out).toContain("3 entries, unbroken");
    expect(await aws.store.config.customer("old")).toBeUndefined();
    expect(await itemsOf(aws)).toEqual(await inFolder(itemsOf));
  });

  it("that was cut off is finished by importing it again, and is no fleet until then", async () => {
    await inFolder(({ store }) => fill(store));
    await exportTo(file, here);
    const cut = join(folder, "cut.jsonl");
    writeFileSync(cut, `${readFileSync(file, "utf8").split("\n").slice(0, 200).join("\n")}\n`);
    const { code, err } = await chainmail("import", cut, ...stack);
    expect([code, err]).toEqual([64, `chainmail: ${cut}: line 201: the file ends before its end: it was cut off\n`]);
    expect((await chainmail("export", ...stack)).err).toContain("stack 'chainmail' holds half a fleet");
    const other = join(folder, "other.jsonl");
    writeFileSync(other, readFileSync(file, "utf8").replace(/"id":"[^"]+"/, '"id":"another"'));
    expect((await chainmail("import", other, ...stack)).err).toContain("isn't empty: nothing was imported");
    expect((await chainmail("import", file, ...stack)).code).toBe(0);
    expect(await itemsOf(aws)).toEqual(await inFolder(itemsOf));
    expect(await openTables(aws.client, aws.tables).unfinished()).toBeNull();
  });

  it("whose record was broken says so where it is imported", async () => {
    await inFolder(({ store }) => fill(store));
    await inFolder(async ({ store }) => {
      await store.ledger.putRecord(recorded(alert({ id: "CM-7F3A·4" }), ["console"]));
    });
    const { out } = await chainmail("export", ...here);
    const lines = out.trimEnd().split("\n").slice(0, -1);
    const without = lines.filter((line) => !line.includes('"sk":"000000000002"'));
    const { createHash } = await import("node:crypto");
    const sha256 = createHash("sha256")
      .update(`${without.join("\n")}\n`)
      .digest("hex");
    writeFileSync(
      file,
      `${[...without, JSON.stringify({ end: true, items: without.length - 1, sha256 })].join("\n")}\n`,
    );
    const imported = await chainmail("import", file, ...stack);
    expect(imported.code).toBe(2);
    expect(imported.out).toContain("the record: entry 2 was removed");
  });
});

it("waits for whoever reads slower than it prints: memory doesn't grow with the fleet", async () => {
  await inFolder(({ store }) => fill(store));
  let printed = 0;
  let mostWaiting = 0;
  class Slow extends Writable {
    override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
      printed += chunk.length;
      mostWaiting = Math.max(mostWaiting, this.writableLength);
      setImmediate(done);
    }
  }
  const stdout = new Slow({ highWaterMark: 1 });
  const io = { stdout, stderr: { write: () => true }, env: {} };
  expect(await exportCommand({ data: here[1] ?? "" }, io)).toBe(0);
  expect(printed).toBeGreaterThan(50_000);
  expect(mostWaiting).toBeLessThan(5_000);
});

it("a folder that was copied while nothing ran on it is a backup", async () => {
  await inFolder(({ store }) => fill(store));
  const before = await inFolder(itemsOf);
  cpSync(here[1] ?? "", join(folder, "backup"), { recursive: true });
  await inFolder(({ store }) => store.config.removeCustomers(["customer-1"]));
  here = ["--data", join(folder, "backup")];
  expect(await inFolder(itemsOf)).toEqual(before);
  expect((await chainmail("verify", ...here)).code).toBe(0);
});

it("half a fleet is none to start with", async () => {
  await inFolder(({ store }) => fill(store));
  await exportTo(file, here);
  writeFileSync(file, readFileSync(file, "utf8").split("\n").slice(0, 50).join("\n"));
  await chainmail("import", file, ...here, "--yes");
  const { code, err } = await chainmail("up", ...here, "--port", "0");
  expect([code, err]).toEqual([64, `chainmail: ${here[1]} holds half a fleet: finish the import into it first\n`]);
});

describe("a place that is at work", () => {
  it("takes no fleet: a process that runs on the folder", async () => {
    await inFolder(({ store }) => fill(store));
    await exportTo(file, here);
    await inFolder(async () => {
      const { code, err } = await chainmail("import", file, ...here);
      expect([code, err]).toEqual([64, `chainmail: a process runs on ${here[1]}: stop it first\n`]);
    });
  });

  it("takes no fleet: a stack whose schedule runs, until two cycles were left out", async () => {
    await inFolder(({ store }) => fill(store));
    await exportTo(file, here);
    const everyMs = 300_000;
    const claim = (at: number) => aws.store.state.claimCycle(Math.floor(at / everyMs), at, everyMs);
    await claim(Date.now() - 700_000);
    expect((await chainmail("import", file, ...stack)).code).toBe(0);
    await claim(Date.now() - 100_000);
    const { code, err } = await chainmail("import", file, ...stack, "--yes");
    expect(code).toBe(64);
    expect(err).toMatch(/^chainmail: stack 'chainmail' is at work: deploy it with -c paused=true, and import after \d/);
  });

  it("is exported with a note", async () => {
    await aws.store.state.claimCycle(Math.floor(Date.now() / 300_000), Date.now(), 300_000);
    expect(await exportTo(file, stack)).toContain("note: stack 'chainmail' is at work: good as a backup");
  });
});

describe("what can't be", () => {
  it.each([
    [["import", "none.jsonl"], "none.jsonl: there is no such file"],
    [["import", "package.json"], "package.json: line 1: expected a JSON object"],
    [["import"], "missing required argument 'file'"],
    [["export", "fleet.jsonl"], "too many arguments for 'export'"],
  ])("%j: wrong usage, in a sentence", async (argv, sentence) => {
    const { code, out, err } = await chainmail(...argv, ...here);
    expect([code, out]).toEqual([64, ""]);
    expect(err).toContain(sentence);
  });

  it("a line without an end is refused before memory is", async () => {
    writeFileSync(file, "x".repeat(3_000_000));
    const { code, err } = await chainmail("import", file, ...here);
    expect([code, err]).toEqual([64, `chainmail: ${file}: a line is longer than 2000000 characters\n`]);
  });
});
