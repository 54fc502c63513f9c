/** How long a cold start waits for our code: import of each handler's bundle in a fresh process. */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bundleHandler } from "../../lib/stack/bundle.ts";
import { agreedSizes, sizeOf, strayedFrom } from "./bundle-sizes.ts";
import { measuredInChild } from "./child.ts";
import { type Figure, median } from "./figure.ts";

const bounds: Readonly<Record<string, number>> = { probe: 100, status: 120 };
const times = 7;

export async function bundleFigures(folder: string): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const handler of Object.keys(agreedSizes)) {
    const outDir = join(folder, handler);
    await mkdir(outDir);
    const size = sizeOf(bundleHandler(handler, outDir));
    const url = pathToFileURL(join(outDir, "index.mjs")).href;
    const runs: number[] = [];
    for (let run = 0; run < times; run++) runs.push(await measuredInChild<string, number>("import-time.ts", url));
    const ms = median(runs);
    const bound = bounds[handler];
    figures.push({
      what: `import of the bundle of \`${handler}\``,
      measured: `${ms.toFixed(0)} ms`,
      bound: bound === undefined ? "–" : `≤ ${bound} ms`,
      kept: bound === undefined ? null : ms <= bound,
    });
    const agreed = agreedSizes[handler];
    figures.push({
      what: `… its size: all, and what a start loads`,
      measured: `${kB(size.all)}, ${kB(size.start)} kB`,
      bound: agreed === undefined ? "–" : `${kB(agreed.all)}, ${kB(agreed.start)} kB ± 10 %`,
      kept: strayedFrom(handler, size).length === 0,
    });
  }
  return figures;
}

function kB(bytes: number): number {
  return Math.round(bytes / 1_000);
}
