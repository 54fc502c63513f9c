/** The command line, run in this process. */

import { run } from "../../lib/cli/program.ts";
import { openEmbedded } from "../../lib/store/embedded.ts";
import type { Store } from "../../lib/store/store.ts";

export async function chainmail(...argv: readonly string[]) {
  let out = "";
  let err = "";
  const code = await run(argv, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    env: {},
  });
  return { code, out, err };
}

/** The commands on one data directory, and what stands there between them. */
export function onData(folder: string) {
  return {
    chainmail: (...argv: readonly string[]) => chainmail(...argv, "--data", folder),
    async inStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
      const { store, close } = await openEmbedded(folder);
      try {
        return await work(store);
      } finally {
        await close();
      }
    },
  };
}
