/** Turns one handler's TypeScript into a folder that Lambda runs: everything in it, split so that what isn't needed at start isn't loaded. */

import { join } from "node:path";
import { buildSync, type Metafile } from "esbuild";

export const handlersDir = join(import.meta.dirname, "../../lambdas");

/** What is left of CommonJS inside the bundle asks for `require`, which an ES module lacks. */
const requireForCommonJs = `import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);`;

/**
 * Writes `index.mjs` and its chunks to `outDir`; the same sources always give the same bytes.
 * The AWS SDK is bundled too: pinned by our lock file, and faster to load than the runtime's own.
 */
export function bundleHandler(name: string, outDir: string): Metafile {
  const { metafile } = buildSync({
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
    metafile: true,
    logLevel: "error",
  });
  return metafile;
}
