/** How long a cold start waits for our code: import of each handler's bundle in a fresh process. */

import { mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bundleHandler } from "../../lib/stack/bundle.ts";
import { measuredInChild } from "./child.ts";
import { type Figure, median } from "./figure.ts";

const bounds: Readonly<Record<string, number>> = { probe: 100, status: 120 };
const handlers = ["resolve", "plan", "probe", "judge", "tick", "notify", "status"];
const times = 7;

export async function bundleFigures(folder: string): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const handler of handlers) {
    const outDir = join(folder, handler);
    await mkdir(outDir);
    bundleHandler(handler, outDir);
    const url = pathToFileURL(join(outDir, "index.mjs")).href;
    const runs: number[] = [];
    for (let run = 0; run < times; run++) runs.push(await measuredInChild<string, number>("import-time.ts", url));
    const ms = median(runs);
    const bound = bounds[handler];
    figures.push({
      what: `import of the bundle of \`${handler}\``,
      measured: `${ms.toFixed(0)} ms (${Math.round((await bytesOf(outDir)) / 1000)} kB)`,
      bound: bound === undefined ? "–" : `≤ ${bound} ms`,
      kept: bound === undefined ? null : ms <= bound,
    });
  }
  return figures;
}

async function bytesOf(folder: string): Promise<number> {
  const files = await readdir(folder);
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
