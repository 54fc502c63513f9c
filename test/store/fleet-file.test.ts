import { describe, expect, it } from "vitest";
import { type FleetHead, fleetLines, readFleet, type StoredItem } from "../../lib/store/fleet-file.ts";

const head: FleetHead = { chainmail: "fleet", v: 1, id: "x", at: "2026-11-25T10:00:00.000Z", release: "0.1.0" };
const items: readonly StoredItem[] = [
  { table: "state", item: { pk: "A", sk: "1", bytes: Buffer.from([0, 255]), list: [1, { deep: Buffer.from("x") }] } },
  { table: "ledger", item: { pk: "B", sk: "2", map: { $base64: "no bytes", $$x: null, y: true, "\u2028": "\n" } } },
  { table: "config", item: { pk: "C", sk: "3", number: 1.5, empty: {} } },
];

async function* each<T>(all: readonly T[]): AsyncGenerator<T> {
  yield* all;
}

async function written(all: readonly StoredItem[] = items): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of fleetLines(head, each(all))) lines.push(line.slice(0, -1));
  return lines;
}

async function read(lines: readonly string[]): Promise<readonly StoredItem[]> {
  const all: StoredItem[] = [];
  for await (const stored of (await readFleet(each(lines))).items) all.push(stored);
  return all;
}

describe("a fleet as a file", () => {
  it("comes out as it went in, bytes and keys of any kind included", async () => {
    expect(await read(await written())).toEqual(items);
    expect((await readFleet(each(await written()))).head).toEqual(head);
  });

  it("is one line an item, with a head that says what it is and an end that says how much", async () => {
    const lines = await written();
    expect(lines).toHaveLength(5);
    expect(JSON.parse(lines[0] ?? "")).toEqual(head);
    expect(JSON.parse(lines[4] ?? "")).toEqual({
      end: true,
      items: 3,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it("may be empty", async () => {
    expect(await read(await written([]))).toEqual([]);
  });

  it.each<[string, (lines: string[]) => string[], string]>([
    ["an empty file", () => [], "line 1: this is no fleet that 'chainmail export' wrote"],
    ["a customers file", () => ["customers:"], "line 1: expected a JSON object"],
    ["another JSON", () => ["{}"], "line 1: this is no fleet"],
    [
      "a later version",
      ([, ...rest]) => [JSON.stringify({ ...head, v: 2, release: "9.0.0" }), ...rest],
      "line 1: written in version 2 by release 9.0.0",
    ],
    ["one that was cut off", (lines) => lines.slice(0, 3), "line 4: the file ends before its end"],
    [
      "one whose last line was cut off",
      (lines) => [...lines.slice(0, 3), '{"table":"con'],
      "line 4: expected a JSON object",
    ],
    ["one that lost a line", (lines) => lines.filter((_, at) => at !== 2), "line 4: the file isn't what was written"],
    [
      "one that was changed",
      (lines) => lines.map((line) => line.replace("1.5", "1.6")),
      "line 5: the file isn't what was written",
    ],
    [
      "one with another head",
      ([, ...rest]) => [JSON.stringify({ ...head, id: "y" }), ...rest],
      "line 5: the file isn't what was written",
    ],
    ["one with more after the end", (lines) => [...lines, "{}"], "line 6: there is more after the end"],
    [
      "another table",
      (lines) => lines.map((line) => line.replace('"ledger"', '"users"')),
      "line 3: expected a table of config, state, ledger",
    ],
    [
      "an item without a key",
      (lines) => lines.map((line) => line.replace('"sk":"2"', '"sk":2')),
      "line 3: expected an item with the texts pk and sk",
    ],
  ])("refuses %s", async (_, change, sentence) => {
    await expect(read(change(await written()))).rejects.toThrow(sentence);
  });
});
