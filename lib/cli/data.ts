/** Opens the data that a command works on: a folder of one process, also while `up` runs on it, or a stack on AWS. */

import type { Store } from "../store/store.ts";
import type { DataOptions } from "./options.ts";

export async function withStore<T>(options: DataOptions, work: (store: Store) => Promise<T>): Promise<T> {
  const { store, close } = await open(options);
  try {
    return await work(store);
  } finally {
    await close();
  }
}

async function open({ data, stack }: DataOptions) {
  if (stack !== undefined) return (await import("../store/aws.ts")).openAws(stack);
  return (await import("../store/embedded.ts")).openShared(data);
}
