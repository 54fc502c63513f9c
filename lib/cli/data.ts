/** Opens the data that a command works on: a folder of one process, also while `up` runs on it, or a stack on AWS. */

import { existsSync } from "node:fs";
import { InputError } from "../model/input-error.ts";
import type { Tables } from "../store/copy.ts";
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

/** Where a folder that isn't there would be as good as an empty one: nobody is to be told that all is well by a typing error. */
export function mustBeThere({ data, stack }: DataOptions): void {
  if (stack === undefined && !existsSync(data)) throw new InputError(`--data: there is no folder '${data}'`);
}

/** With the tables themselves; `joined`: a process runs on the folder, or it is a stack. */
export async function withTables<T>(options: DataOptions, work: (place: TablePlace) => Promise<T>): Promise<T> {
  const { store, client, tables, joined, close } = await open(options);
  try {
    const { openTables } = await import("../store/copy.ts");
    return await work({ store, tables: openTables(client, tables), joined });
  } finally {
    await close();
  }
}

interface TablePlace {
  readonly store: Store;
  readonly tables: Tables;
  readonly joined: boolean;
}

async function open({ data, stack }: DataOptions) {
  if (stack !== undefined) return (await import("../store/aws.ts")).openAws(stack);
  return (await import("../store/embedded.ts")).openShared(data);
}
