/**
 * `npm run bench`: how fast and how big, peers measured in the same run. Prints a table; not a test, since times move.
 * With names of rows (`npm run bench -- light import`) only those.
 */

import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { bundleFigures } from "./bundles.ts";
import { rsaChain } from "./certificates.ts";
import { coldStartFigures } from "./cold-start.ts";
import { asTable, type Figure } from "./figure.ts";
import { importFigures } from "./import.ts";
import { lightProbeFigures } from "./light-probe.ts";
import { manyNamesFigures } from "./many-names.ts";
import { rieFigures } from "./rie.ts";
import { scanFigures } from "./scan.ts";
import { slowServerFigures } from "./slow-servers.ts";
import { writeUnitsFigures } from "./write-units.ts";

// What else the machine does: above a half or so, times are no good, and ratios suffer too.
const load = loadavg()[0] ?? 0;
const folder = await mkdtemp(join(tmpdir(), "chainmail-bench-"));
const chain = await rsaChain("mail.bench.example");

const rows: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  light: () => lightProbeFigures(folder, chain),
  cold: () => coldStartFigures(folder, chain),
  scan: () => scanFigures(chain),
  slow: () => slowServerFigures(chain),
  names: () => manyNamesFigures(chain),
  units: () => writeUnitsFigures(),
  import: () => importFigures(folder),
  bundles: () => bundleFigures(folder),
  rie: () => rieFigures(folder),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in rows));
if (unknown.length > 0) {
  process.stderr.write(`bench: '${unknown.join("', '")}': expected ${Object.keys(rows).join(", ")}\n`);
  process.exit(64);
}
try {
  const figures: Figure[] = [];
  for (const [name, measure] of Object.entries(rows)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    process.stderr.write(`${name} …\n`);
    figures.push(...(await measure()));
  }
  const machine = `Node ${process.versions.node}, ${availableParallelism()} cores, load ${load.toFixed(1)} before it began`;
  process.stdout.write(`${machine}, ${new Date().toISOString()}\n\n`);
  process.stdout.write(`${asTable(figures)}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
