/** `chainmail customers import|list|export|remove|subscribe`: who is watched. */

import { describeDiff, isEmpty } from "../customers/diff.ts";
import { exportFleet } from "../customers/export.ts";
import { removeFromFleet } from "../customers/import.ts";
import type { Customer } from "../model/customer.ts";
import { InputError } from "../model/input-error.ts";
import { judgeDry } from "../steps/dry.ts";
import { subscribe, unsubscribedIn } from "../steps/unsubscribe.ts";
import { systemClock } from "../world/clock.ts";
import { createResolver } from "../world/resolver.ts";
import { withStore } from "./data.ts";
import { dryWords } from "./dry-words.ts";
import type { ExitCode } from "./exit.ts";
import { importFile } from "./import.ts";
import type { Io } from "./io.ts";
import type { DataOptions } from "./options.ts";
import { printJson } from "./print-json.ts";
import type { CustomerJson } from "./schemas.ts";

interface ImportCommandOptions extends DataOptions {
  readonly dryRun?: boolean;
  readonly partial?: boolean;
  readonly yes?: boolean;
  readonly resolver?: readonly string[];
}

export async function importCommand(file: string, options: ImportCommandOptions, io: Io): Promise<ExitCode> {
  return withStore<ExitCode>(options, async (store) => {
    const { dryRun = false, partial = false, yes = false } = options;
    const resolver = createResolver({ servers: options.resolver ?? [], now: systemClock });
    const rosters = await store.state.slices();
    const { result, fleet, isPartial } = await importFile(store, file, { dryRun, partial, yes, resolver }, io);
    for (const line of describeDiff(result.diff)) io.stdout.write(`${line}\n`);
    if (!isEmpty(result.diff)) {
      const effect = await judgeDry({ store, rosters, now: systemClock() }, fleet, isPartial);
      for (const line of dryWords(effect)) io.stdout.write(`${line}\n`);
    }
    if (result.kind === "dry-run") {
      io.stdout.write("dry run: nothing was changed\n");
      if (result.refusal !== null) io.stdout.write(`without --dry-run it would be refused: ${result.refusal}\n`);
    }
    return 0;
  });
}

export async function listCommand(options: DataOptions & { readonly json?: boolean }, io: Io): Promise<ExitCode> {
  return withStore<ExitCode>(options, async ({ config, state }) => {
    const left = await unsubscribedIn(state);
    if (options.json) {
      const customers: CustomerJson[] = [];
      for await (const customer of config.customers()) customers.push(customerJson(customer, left));
      printJson({ customers }, io);
      return 0;
    }
    let none = true;
    for await (const customer of config.customers()) {
      none = false;
      const { id, gateway, domains, downstream, unsubscribed } = customerJson(customer, left);
      const way = [domains.join(", "), gateway, downstream.join(", ")].filter((part) => part !== null && part !== "");
      const silent = unsubscribed.length === 0 ? "" : ` (unsubscribed: ${unsubscribed.join(", ")})`;
      io.stdout.write(`${id.padEnd(24)} ${way.join(" → ")}${silent}\n`);
    }
    if (none) io.stdout.write("no customers\n");
    return 0;
  });
}

function customerJson(
  { id, gateway, domains, downstream, contacts }: Customer,
  left: ReadonlySet<string>,
): CustomerJson {
  return {
    id,
    gateway,
    domains: domains.map(({ name }) => name),
    downstream: downstream.map(({ host, port }) => (host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`)),
    unsubscribed: contacts.flatMap(({ email }) => (email !== null && left.has(email.toLowerCase()) ? [email] : [])),
  };
}

/** At the reader's own request: the operator answers for that. */
export async function subscribeCommand(address: string, options: DataOptions, io: Io): Promise<ExitCode> {
  return withStore<ExitCode>(options, async (store) => {
    if (!(await subscribe(store, { address, by: "operator" }, systemClock())))
      throw new InputError(`'${address}' didn't unsubscribe: see 'chainmail customers list'`);
    io.stdout.write(`${address} gets messages again, as far as the customers file names it\n`);
    return 0;
  });
}

export async function exportCommand(options: DataOptions & { readonly json?: boolean }, io: Io): Promise<ExitCode> {
  return withStore<ExitCode>(options, async ({ config }) => {
    for await (const piece of exportFleet(config, options.json ? "json" : "yaml")) io.stdout.write(piece);
    return 0;
  });
}

export async function removeCommand(ids: readonly string[], options: DataOptions, io: Io): Promise<ExitCode> {
  return withStore<ExitCode>(options, async ({ config }) => {
    const [missing] = await removeFromFleet(config, ids);
    if (missing !== undefined)
      throw new InputError(
        `'${missing}': there is no such customer, nothing was removed; see 'chainmail customers list'`,
      );
    io.stdout.write(`removed: ${ids.join(", ")}\n`);
    return 0;
  });
}
