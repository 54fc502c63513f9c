/** Reads a customers file and tells all that is wrong with it; and imports it. */

import { type ImportOptions, type ImportResult, importFleet } from "../customers/import.ts";
import { formatOf, type ParsedFleet, type ParseOptions, parseFleet } from "../customers/parse.ts";
import { describeProblem } from "../customers/problem.ts";
import { ownPaths } from "../judge/own-path.ts";
import { findExchanges } from "../local/exchanges.ts";
import type { Contact, Fleet } from "../model/customer.ts";
import { InputError } from "../model/input-error.ts";
import type { Resolver } from "../model/ports.ts";
import { endUnused } from "../steps/deaf.ts";
import { releaseHeld } from "../steps/release.ts";
import { unsubscribedIn } from "../steps/unsubscribe.ts";
import type { Store } from "../store/store.ts";
import { channelNames } from "../world/channels/configured.ts";
import { systemClock } from "../world/clock.ts";
import type { Io } from "./io.ts";
import { readInput } from "./looking.ts";

/** Problems go to stderr, a line each. */
function parseFile(file: string, present: ParseOptions["present"], io: Io): ParsedFleet {
  const text = readInput(file, "customers file");
  const parsed = parseFleet(text, { file, format: formatOf(file), ...(present && { present }) });
  for (const problem of parsed.errors) io.stderr.write(`${describeProblem(problem)}\n`);
  return parsed;
}

/** A file without errors, or an InputError. */
export function readFleet(file: string, present: ParseOptions["present"], io: Io): Fleet {
  const { fleet, errors } = parseFile(file, present, io);
  if (errors.length > 0) throw new InputError(`${file}: ${counted(errors.length, "error")}, nothing was imported`);
  return fleet;
}

/** What came of the import, and what was read. */
export interface Imported {
  readonly result: ImportResult;
  readonly fleet: Fleet;
  /** Who had an error is left out of it, and stays as it is. */
  readonly isPartial: boolean;
}

export async function importFile(
  store: Store,
  file: string,
  options: Partial<ImportOptions> & { readonly resolver: Resolver },
  io: Io,
): Promise<Imported> {
  const { config } = store;
  const present = { settings: await config.settings(), gateways: await config.gateways() };
  const { dryRun = false, partial = false, yes = false } = options;
  const { fleet, errors } = partial
    ? parseFile(file, present, io)
    : { fleet: readFleet(file, present, io), errors: [] };
  if (errors.length > 0) io.stderr.write(`${file}: ${counted(errors.length, "error")}: who has one is left out\n`);
  warn(await ownPathWarnings(store, fleet, options.resolver), io);
  const result = refusedIsWrong(file, await importFleet(config, fleet, { dryRun, yes, partial: errors.length > 0 }));
  if (result.kind === "imported" && result.diff.head.includes("windows")) await releaseHeld(store, systemClock);
  if (result.kind === "imported" && errors.length === 0) {
    const contacts = fleet.customers.flatMap((customer) => customer.contacts);
    await endUnused(store, channelNames(fleet.settings.notify, contacts), systemClock());
  }
  return { result, fleet, isPartial: errors.length > 0 };
}

/** Who unsubscribed is no second way. What DNS doesn't say soon isn't warned of: `chainmail doctor` says that. */
async function ownPathWarnings({ state }: Store, fleet: Fleet, resolver: Resolver): Promise<readonly string[]> {
  const left = await unsubscribedIn(state);
  const isHeard = ({ email }: Contact) => email === null || !left.has(email.toLowerCase());
  const customers = fleet.customers.map((one) => ({ ...one, contacts: one.contacts.filter(isHeard) }));
  const { asks, warnings } = ownPaths(fleet.settings.notify, { gateways: fleet.gateways, customers });
  return warnings((await findExchanges(asks, resolver)).exchangesOf);
}

/** So many are said in full. */
const mostWarnings = 20;

function warn(warnings: readonly string[], io: Io): void {
  for (const warning of warnings.slice(0, mostWarnings)) io.stderr.write(`warning: ${warning}\n`);
  const more = warnings.length - mostWarnings;
  if (more > 0) io.stderr.write(`warning: the same of ${more} more\n`);
}

function refusedIsWrong(file: string, result: ImportResult): ImportResult {
  if (result.kind === "refused") throw new InputError(`${file}: nothing was imported: ${result.refusal}`);
  return result;
}

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
