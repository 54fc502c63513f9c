/** One process at a time uses a data directory. The lock is LevelDB's own, held by the kernel: kill -9 releases it. */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import { InputError } from "../model/input-error.ts";

/** Makes `dir` when missing and takes its lock; an InputError says why it can't be used. */
export async function lockDirectory(dir: string): Promise<() => Promise<void>> {
  await makeDirectory(dir);
  const lock = new ClassicLevel(join(dir, "lock"));
  const owner = join(dir, "owner.pid");
  try {
    await lock.open();
  } catch (error) {
    if (codeOf(error) === "LEVEL_LOCKED")
      throw new InputError(`data directory ${dir} is in use by ${await named(owner)}`);
    throw new InputError(`data directory ${dir} can't be used: ${error instanceof Error ? reasonOf(error) : error}`);
  }
  await writeFile(owner, `${process.pid}\n`);
  return () => lock.close();
}

async function makeDirectory(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new InputError(`data directory ${dir} can't be made: ${error instanceof Error ? error.message : error}`);
  }
}

async function named(owner: string): Promise<string> {
  try {
    return `process ${(await readFile(owner, "utf8")).trim()}`;
  } catch {
    return "another process";
  }
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return codeOf(error.cause) ?? ("code" in error && typeof error.code === "string" ? error.code : undefined);
}

function reasonOf(error: Error): string {
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message;
}
