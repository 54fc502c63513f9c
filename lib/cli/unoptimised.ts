/** For work that is over before V8's threads have paid for themselves: beside a scan they took a fifth of its processor time. */

import { setFlagsFromString } from "node:v8";

/** Two compilers, and the collection of what is young on all processors at once. */
const threads = ["opt", "maglev", "parallel-scavenge"];

/** Afterwards they are as by default: compiled code is only kept for the next start if the flags are those of a start. */
export async function unoptimised<T>(work: () => Promise<T>): Promise<T> {
  for (const thread of threads) setFlagsFromString(`--no-${thread}`);
  try {
    return await work();
  } finally {
    for (const thread of threads) setFlagsFromString(`--${thread}`);
  }
}
