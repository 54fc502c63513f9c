/**
 * A fleet as a file of JSON lines, to be moved between one process and AWS: a head, one line an item of any table, and an
 * end that tells whether all of it is there. Pure.
 *
 * Values are DynamoDB's as JSON has them; bytes are `{ "$base64": "…" }`, and a key that begins with `$` has another one before it.
 */

import { createHash } from "node:crypto";
import { InputError } from "../model/input-error.ts";
import type { Item } from "./table.ts";
import { type TableRole, tableRoles } from "./tables.ts";

export const fleetVersion = 1;

export interface FleetHead {
  readonly chainmail: "fleet";
  readonly v: number;
  /** Of this export: who imports it a second time goes on with it. */
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  /** That wrote it. */
  readonly release: string;
}

export interface StoredItem {
  readonly table: TableRole;
  readonly item: Item;
}

/** An item is 400 kB at most, and its bytes take a third more in base64. */
export const longestLine = 2_000_000;

/** Each with its line feed. */
export async function* fleetLines(head: FleetHead, items: AsyncIterable<StoredItem>): AsyncGenerator<string> {
  const hash = createHash("sha256");
  let count = 0;
  const line = (value: unknown): string => {
    const text = `${JSON.stringify(value)}\n`;
    hash.update(text);
    return text;
  };
  yield line(head);
  for await (const { table, item } of items) {
    count++;
    yield line({ table, item: encoded(item) });
  }
  yield `${JSON.stringify({ end: true, items: count, sha256: hash.digest("hex") })}\n`;
}

export interface ReadFleet {
  readonly head: FleetHead;
  /** Throws an InputError with the line's number where the file isn't what was written, or ends before its end. */
  readonly items: AsyncIterable<StoredItem>;
}

/** @param lines without their line feeds. */
export async function readFleet(lines: AsyncIterable<string>): Promise<ReadFleet> {
  const iterator = lines[Symbol.asyncIterator]();
  const hash = createHash("sha256");
  const first = await iterator.next();
  const head = first.done === true ? null : headOf(first.value);
  if (head === null) throw new InputError("line 1: this is no fleet that 'chainmail export' wrote");
  if (head.v !== fleetVersion)
    throw new InputError(
      `line 1: written in version ${head.v} by release ${head.release}, and this one reads version ${fleetVersion}: import it with that release`,
    );
  hash.update(`${first.value}\n`);
  async function* items(): AsyncGenerator<StoredItem> {
    let count = 0;
    for (let number = 2; ; number++) {
      const { value: text, done } = await iterator.next();
      if (done === true) throw new InputError(`line ${number}: the file ends before its end: it was cut off`);
      const value = parsed(text, number);
      if (value.end === true) {
        if (value.items !== count || value.sha256 !== hash.digest("hex"))
          throw new InputError(
            `line ${number}: the file isn't what was written: lines were changed, removed or put in`,
          );
        if ((await iterator.next()).done !== true)
          throw new InputError(`line ${number + 1}: there is more after the end`);
        return;
      }
      hash.update(`${text}\n`);
      count++;
      yield storedItem(value, number);
    }
  }
  return { head, items: items() };
}

function headOf(text: string): FleetHead | null {
  const value = parsed(text, 1);
  if (value.chainmail !== "fleet" || !Number.isSafeInteger(value.v)) return null;
  const { v, id, at, release } = value;
  return { chainmail: "fleet", v: Number(v), id: String(id), at: String(at), release: String(release).slice(0, 40) };
}

function parsed(text: string, number: number): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (isMap(value)) return value;
  } catch {
    // The same sentence for both.
  }
  throw new InputError(`line ${number}: expected a JSON object`);
}

function storedItem({ table, item }: Readonly<Record<string, unknown>>, number: number): StoredItem {
  const role = tableRoles.find((candidate) => candidate === table);
  if (role === undefined) throw new InputError(`line ${number}: expected a table of ${tableRoles.join(", ")}`);
  const value = decoded(item);
  if (!isMap(value) || typeof value.pk !== "string" || typeof value.sk !== "string")
    throw new InputError(`line ${number}: expected an item with the texts pk and sk`);
  return { table: role, item: { ...value, pk: value.pk, sk: value.sk } };
}

const bytesKey = "$base64";

function encoded(value: unknown): unknown {
  if (value instanceof Uint8Array) return { [bytesKey]: Buffer.from(value).toString("base64") };
  if (Array.isArray(value)) return value.map(encoded);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.startsWith("$") ? `$${key}` : key, encoded(inner)]),
  );
}

function decoded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decoded);
  if (!isMap(value)) return value;
  const bytes = value[bytesKey];
  if (typeof bytes === "string") return Buffer.from(bytes, "base64");
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.startsWith("$$") ? key.slice(1) : key, decoded(inner)]),
  );
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
