/** `chainmail export|import`: moves a whole fleet, its open incidents and its record included, between one process and AWS. */

import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { Writable } from "node:stream";
import packageJson from "../../package.json" with { type: "json" };
import { InputError } from "../model/input-error.ts";
import { visible } from "../protocols/printable.ts";
import { verifyChain } from "../store/chain.ts";
import { type FleetHead, fleetLines, fleetVersion, longestLine, readFleet } from "../store/fleet-file.ts";
import type { Store } from "../store/store.ts";
import { systemClock } from "../world/clock.ts";
import { mustBeThere, withTables } from "./data.ts";
import type { ExitCode } from "./exit.ts";
import type { Io, Output } from "./io.ts";
import type { DataOptions } from "./options.ts";

export async function exportCommand(options: DataOptions, io: Io): Promise<ExitCode> {
  mustBeThere(options);
  return withTables<ExitCode>(options, async ({ store, tables, joined }) => {
    if ((await tables.unfinished()) !== null)
      throw new InputError(`${nameOf(options)} holds half a fleet: the import into it wasn't finished`);
    if (joined && (await runsUntil(store)) !== null)
      io.stderr.write(
        `note: ${nameOf(options)} is at work: good as a backup; to move the fleet, stop it first, or both will tell of the same incidents\n`,
      );
    const head: FleetHead = {
      chainmail: "fleet",
      v: fleetVersion,
      id: randomUUID(),
      at: new Date(systemClock()).toISOString(),
      release: packageJson.version,
    };
    let lines = 0;
    for await (const line of fleetLines(head, tables.items())) {
      lines++;
      await put(io.stdout, line);
    }
    io.stderr.write(`exported ${lines - 2} items\n`);
    return 0;
  });
}

/** 0: it stands there, and its record is unbroken; 2: the record was broken before it was exported. */
export async function importCommand(
  file: string,
  options: DataOptions & { readonly yes?: boolean },
  io: Io,
): Promise<ExitCode> {
  return withTables<ExitCode>(options, async ({ store, tables, joined }) => {
    await refuseWhereAtWork(options, store, joined);
    const { head, items } = await readFleet(linesOf(file)).catch((error: unknown) => {
      throw named(file, error);
    });
    const unfinished = await tables.unfinished();
    if (unfinished !== head.id && options.yes !== true && (unfinished !== null || !(await tables.isEmpty())))
      throw new InputError(
        `${nameOf(options)} isn't empty: nothing was imported; with --yes all that is there is replaced`,
      );
    const written = await tables.fill(head.id, items).catch((error: unknown) => {
      throw named(file, error);
    });
    const words = Object.entries(written).map(([table, count]) => `${count} of ${table}`);
    io.stdout.write(`imported ${words.join(", ")}, exported ${visible(head.at)} by release ${visible(head.release)}\n`);
    const found = await verifyChain(store.ledger.record(), await store.ledger.recordHead());
    if (found.kind === "broken") io.stdout.write(`the record: entry ${found.entry} was ${found.what}: ${found.why}\n`);
    else io.stdout.write(`the record: ${found.entries} ${found.entries === 1 ? "entry" : "entries"}, unbroken\n`);
    return found.kind === "broken" ? 2 : 0;
  });
}

/** Steps that work on half a fleet would make something else of it. */
async function refuseWhereAtWork(options: DataOptions, store: Store, joined: boolean): Promise<void> {
  if (options.stack === undefined) {
    if (joined) throw new InputError(`a process runs on ${options.data}: stop it first`);
    return;
  }
  const until = await runsUntil(store);
  if (until !== null)
    throw new InputError(
      `stack '${options.stack}' is at work: deploy it with -c paused=true, and import after ${new Date(until).toISOString()}`,
    );
}

/** Epoch ms at which two cycles will have been left out; null: they were. */
async function runsUntil(store: Store): Promise<number | null> {
  const last = await store.state.lastCycle();
  if (last === undefined) return null;
  // A cycle's number is its time in intervals.
  const everyMs = last.at / Math.max(1, last.cycle);
  const until = last.at + 2 * everyMs;
  return systemClock() < until ? until : null;
}

function nameOf({ data, stack }: DataOptions): string {
  return stack === undefined ? data : `stack '${stack}'`;
}

function named(file: string, error: unknown): unknown {
  const isOurs = error instanceof InputError;
  return isOurs ? new InputError(`${file === "-" ? "standard input" : file}: ${error.message}`) : error;
}

/** Waits for whoever reads slower than we write. */
async function put(output: Output, text: string): Promise<void> {
  if (output.write(text) === false && output instanceof Writable) await once(output, "drain");
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const stream = file === "-" ? process.stdin : createReadStream(file);
  let rest = "";
  try {
    for await (const chunk of stream.setEncoding("utf8") as AsyncIterable<string>) {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop() ?? "";
      yield* parts;
      if (rest.length > longestLine) throw new InputError(`a line is longer than ${longestLine} characters`);
    }
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      throw new InputError("there is no such file");
    throw error;
  }
  // Without its line feed a line may be cut off: the end's hash tells.
  if (rest !== "") yield rest;
}
