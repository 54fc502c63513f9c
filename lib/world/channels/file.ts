/** The alerts file (`--alerts FILE`): JSON Lines, each on disk before it counts as written. */

import { type FileHandle, open } from "node:fs/promises";
import type { AlertLog } from "../../model/ports.ts";
import { reasonOf } from "./reason.ts";

const newline = 0x0a;

/** Creates the file when it isn't there; a line that a crash cut short is closed first, so that it spoils no other. */
export function createAlertFile(path: string): AlertLog {
  return {
    async append(event) {
      try {
        const file = await open(path, "a+", 0o640);
        try {
          const start = (await endsTorn(file)) ? "\n" : "";
          await file.appendFile(`${start}${JSON.stringify(event)}\n`);
          await file.sync();
        } finally {
          await file.close();
        }
        return { kind: "sent" };
      } catch (error) {
        return { kind: "later", why: reasonOf(error) };
      }
    },
  };
}

async function endsTorn(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  const { bytesRead } = await file.read(last, 0, 1, size - 1);
  return bytesRead === 1 && last[0] !== newline;
}
