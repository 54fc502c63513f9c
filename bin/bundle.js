/**
 * `prepare`, run by `npm ci`: the command line as one file, which starts in half the time of its sources
 * (docs/architecture.md). Plain JavaScript, for any Node that npm runs it by.
 */
import { createHash } from "node:crypto";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bundle, root, sources } from "./bundled.cjs";

/** Loaded by every command, and cheaper inside; the others are found in node_modules when they are wanted. */
const inside = ["commander", "dns-packet"];

const esbuild = await import("esbuild").catch(() => null);
if (esbuild === null) {
  process.stdout.write("chainmail: without esbuild (development packages) the command line runs from its sources\n");
} else {
  const { metafile, outputFiles } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: ["bin/chainmail.ts"],
    outfile: bundle,
    bundle: true,
    // Not ES modules: Node would read every export of its own modules, and resolve each chunk.
    format: "cjs",
    platform: "node",
    target: "node24",
    minify: true,
    legalComments: "none",
    metafile: true,
    write: false,
    logLevel: "error",
    plugins: [
      {
        name: "packages stay outside",
        setup(build) {
          build.onResolve({ filter: /^[^./]/ }, ({ path, importer }) =>
            path.startsWith("node:") || inside.includes(path) || importer.includes("node_modules")
              ? undefined
              : { path, external: true },
          );
        },
      },
    ],
  });
  const own = Object.keys(metafile.inputs).filter((path) => !path.startsWith("node_modules/"));
  mkdirSync(dirname(bundle), { recursive: true });
  const digest = createHash("sha256").update(outputFiles[0].contents).digest("hex").slice(0, 16);
  const files = [...own, "package-lock.json"].map((path) => join(root, path));
  writeFileSync(sources, JSON.stringify({ digest, files }));
  // In one go: a command may be starting at this moment.
  writeFileSync(`${bundle}.new`, outputFiles[0].contents);
  renameSync(`${bundle}.new`, bundle);
}
