/** One process at a time owns a data directory. The lock is LevelDB's own, held by the kernel: kill -9 releases it. */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import { InputError } from "../model/input-error.ts";

/** Who holds a directory, and where it answers; `key` is its secret, so the file is the owner's alone. */
export interface Owner {
  readonly pid: number;
  readonly port: number;
  readonly key: string;
}

export type Lock =
  | { readonly kind: "held"; claim(owner: Owner): Promise<void>; release(): Promise<void> }
  /** Null: the owner has not said yet where it answers. */
  | { readonly kind: "in-use"; readonly owner: Owner | null };

/** Makes `dir` when missing and takes its lock; an InputError says why it can't be used. */
export async function lockDirectory(dir: string): Promise<Lock> {
  await makeDirectory(dir);
  const lock = new ClassicLevel(join(dir, "lock"));
  const file = join(dir, "owner.json");
  try {
    await lock.open();
  } catch (error) {
    if (codeOf(error) === "LEVEL_LOCKED") return { kind: "in-use", owner: await readOwner(file) };
    throw new InputError(`data directory ${dir} can't be used: ${error instanceof Error ? reasonOf(error) : error}`);
  }
  return {
    kind: "held",
    claim: (owner) => writeFile(file, JSON.stringify(owner), { mode: 0o600 }),
    release: () => lock.close(),
  };
}

async function makeDirectory(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new InputError(`data directory ${dir} can't be made: ${error instanceof Error ? error.message : error}`);
  }
}

async function readOwner(file: string): Promise<Owner | null> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch {
    return null;
  }
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return codeOf(error.cause) ?? ("code" in error && typeof error.code === "string" ? error.code : undefined);
}

function reasonOf(error: Error): string {
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message;
}
