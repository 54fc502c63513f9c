/** Turns one handler's TypeScript into a folder that Lambda runs: everything in it, split so that what isn't needed at start isn't loaded. */

import { createHash } from "node:crypto";
import { join } from "node:path";
import { type BuildOptions, buildSync, type Metafile } from "esbuild";

export const handlersDir = join(import.meta.dirname, "../../lambdas");

/** What is left of CommonJS inside the bundle asks for `require`, which an ES module lacks. */
const requireForCommonJs = `import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);`;

/**
 * Writes `index.mjs` and its chunks to `outDir`; the same sources always give the same bytes.
 * The AWS SDK is bundled too: pinned by our lock file, and faster to load than the runtime's own.
 */
export function bundleHandler(name: string, outDir: string): Metafile {
  return buildSync({ ...optionsOf(name, outDir), metafile: true }).metafile;
}

/** Says whether the functions that look and judge are other ones than before: lower-case hex. */
export function digestOfJudging(): string {
  const hash = createHash("sha256");
  for (const name of ["probe", "judge"]) {
    for (const file of buildSync({ ...optionsOf(name, "/"), write: false }).outputFiles) hash.update(file.contents);
  }
  return hash.digest("hex");
}

function optionsOf(name: string, outDir: string) {
  return {
    absWorkingDir: join(handlersDir, ".."),
    entryPoints: [{ in: join(handlersDir, `${name}.ts`), out: "index" }],
    outdir: outDir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node24",
    mainFields: ["module", "main"],
    minify: true,
    legalComments: "none",
    banner: { js: requireForCommonJs },
    logLevel: "error",
  } as const satisfies BuildOptions;
}
