/** `chainmail token create|revoke`: who may read the status. */

import { createToken, revokeToken } from "../customers/tokens.ts";
import { InputError } from "../model/input-error.ts";
import { systemClock } from "../world/clock.ts";
import { withStore } from "./data.ts";
import type { ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import type { DataOptions } from "./options.ts";

export async function createCommand(options: DataOptions & { readonly customer?: string }, io: Io): Promise<ExitCode> {
  return withStore<ExitCode>(options, async (store) => {
    const customer = options.customer ?? null;
    if (customer !== null && (await store.config.customer(customer)) === undefined)
      throw new InputError(`--customer: '${customer}': there is no such customer, see 'chainmail customers list'`);
    io.stdout.write(`${await createToken(store.config, customer, systemClock())}\n`);
    return 0;
  });
}

export async function revokeCommand(token: string, options: DataOptions, io: Io): Promise<ExitCode> {
  return withStore<ExitCode>(options, async (store) => {
    if (!(await revokeToken(store.config, token)))
      throw new InputError("there is no such token, or it was revoked already");
    io.stdout.write("revoked\n");
    return 0;
  });
}
