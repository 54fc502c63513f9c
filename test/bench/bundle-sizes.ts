/** How large the functions' code is, and how large it was when `bundle-sizes.json` was written: it grows by 10 % at most without somebody's consent. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";

export interface BundleSize {
  /** Bytes of all files. */
  readonly all: number;
  /** Bytes of the entry and of all that its start loads. */
  readonly start: number;
}

export const agreedSizes = JSON.parse(readFileSync(join(import.meta.dirname, "bundle-sizes.json"), "utf8")) as Readonly<
  Record<string, BundleSize>
>;

const mostGrowth = 1.1;

/** Output files that a function's start loads: its entry, and all that is imported from there on. */
export function loadedAtStart({ outputs }: Metafile): readonly string[] {
  const loaded = new Set(Object.keys(outputs).filter((path) => path.endsWith("index.mjs")));
  for (const path of loaded) {
    for (const { kind, path: next } of outputs[path]?.imports ?? []) if (kind === "import-statement") loaded.add(next);
  }
  return [...loaded];
}

export function sizeOf(metafile: Metafile): BundleSize {
  const bytes = (paths: readonly string[]) =>
    paths.reduce((sum, path) => sum + (metafile.outputs[path]?.bytes ?? 0), 0);
  return { all: bytes(Object.keys(metafile.outputs)), start: bytes(loadedAtStart(metafile)) };
}

/** What is more than 10 % off what was agreed, in words: grown, or shrunk so that the agreement would let it grow again unseen. */
export function strayedFrom(handler: string, size: BundleSize, agreed = agreedSizes[handler]): readonly string[] {
  if (agreed === undefined) return [`${handler}: no size was agreed`];
  return (["all", "start"] as const).flatMap((which) => {
    const ratio = size[which] / agreed[which];
    const strays = ratio > mostGrowth || ratio < 1 / mostGrowth;
    return strays ? [`${handler}: ${which} is ${size[which]} bytes, agreed were ${agreed[which]}`] : [];
  });
}
