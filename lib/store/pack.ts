/** What is only read back as a whole is kept as deflated JSON: a third of the size, so a third of the write units. */

import { deflateRawSync, inflateRawSync } from "node:zlib";

export function pack(value: unknown): Uint8Array {
  return deflateRawSync(JSON.stringify(value));
}

/** The inverse of {@link pack}; `T` is what was packed. */
export function unpack<T>(bytes: Uint8Array): T {
  return JSON.parse(inflateRawSync(bytes).toString("utf8"));
}
