/** `chainmail status ID`: a customer's chains as the page shows them. */

import { InputError } from "../model/input-error.ts";
import { statusJson } from "../status/json/customer.ts";
import type { StatusJson } from "../status/json/schemas.ts";
import { loadCustomer } from "../status/load.ts";
import { systemClock } from "../world/clock.ts";
import { printChains } from "./chains.ts";
import { withStore } from "./data.ts";
import { type ExitCode, exitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import type { DataOptions } from "./options.ts";
import { printJson } from "./print-json.ts";

interface StatusOptions extends DataOptions {
  readonly every: number;
  readonly json?: boolean;
}

export async function statusCommand(id: string, options: StatusOptions, io: Io): Promise<ExitCode> {
  const everyMs = options.every;
  const loaded = await withStore(options, (store) => loadCustomer(store, id, { now: systemClock, everyMs }));
  if (loaded === undefined) throw new InputError(`'${id}': there is no such customer, see 'chainmail customers list'`);
  const status = statusJson(loaded.status, { ...loaded, everyMs });
  if (options.json) printJson(status, io);
  else printChains(status, io);
  return exitCode(loaded.status.verdict, countingFindings(status));
}

/** Findings of what has a part in the verdict: what is refused as it should be changes no exit code. */
export function countingFindings({ chains }: Pick<StatusJson, "chains">) {
  return chains
    .flatMap(({ hops }) => hops)
    .filter(({ counts }) => counts)
    .flatMap(({ findings, targets }) => [
      ...findings,
      ...targets.filter((target) => target.counts).flatMap((target) => target.findings),
    ]);
}
