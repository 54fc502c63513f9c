/** `chainmail verify`: walks the record of incidents. 0: as it was written; 2: something was changed, removed or put in. */

import { verifyChain } from "../store/chain.ts";
import { mustBeThere, withStore } from "./data.ts";
import type { ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import type { DataOptions } from "./options.ts";
import { printJson } from "./print-json.ts";
import type { VerificationJson } from "./schemas.ts";

export async function verifyCommand(options: DataOptions & { readonly json?: boolean }, io: Io): Promise<ExitCode> {
  mustBeThere(options);
  return withStore<ExitCode>(options, async ({ ledger }) => {
    // The note first: entries that come meanwhile are ahead of it, and never behind.
    const head = await ledger.recordHead();
    const found = await verifyChain(ledger.record(), head);
    if (options.json) printJson(found satisfies VerificationJson, io);
    else if (found.kind === "broken") io.stdout.write(`entry ${found.entry} was ${found.what}: ${found.why}\n`);
    else {
      io.stdout.write(`${found.entries} ${found.entries === 1 ? "entry" : "entries"}, unbroken\n`);
      if (found.head !== null) io.stdout.write(`hash of entry ${found.head.seq}: ${found.head.hash}\n`);
    }
    return found.kind === "unbroken" ? 0 : 2;
  });
}
