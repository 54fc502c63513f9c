/** Where `bundle.js` puts the command line, whether that is still what the sources say, and running it. CommonJS: an ES module that imports node:fs loads its streams too. */
const { readFileSync, renameSync, statSync, writeFileSync } = require("node:fs");
const { createRequire, getCompileCacheDir, wrap } = require("node:module");
const { dirname, join } = require("node:path");
const { constants, Script } = require("node:vm");

const root = join(__dirname, "..");
const bundle = join(root, "dist/chainmail.cjs");
/** Its digest and the files that it was made of, as JSON. */
const sources = join(root, "dist/sources.json");

/** Its digest as it was made; null where there is none, or a source is newer. */
function freshBundle() {
  try {
    const { mtimeMs } = statSync(bundle);
    const { digest, files } = JSON.parse(readFileSync(sources, "utf8"));
    return files.every((path) => statSync(path).mtimeMs <= mtimeMs) ? digest : null;
  } catch {
    return null;
  }
}

/**
 * With all that the first run of this command had compiled in the end. Node's compile cache takes a module before it runs: a
 * scan would compile a thousand functions anew each time.
 */
function runBundle(digest) {
  const cache = cacheFile(digest);
  const cachedData = cache && readIfThere(cache);
  const script = new Script(wrap(readFileSync(bundle, "utf8").replace(/^#!.*/, "")), {
    filename: bundle,
    cachedData,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  if (cache && (cachedData === undefined || script.cachedDataRejected))
    process.once("exit", (code) => {
      // Who asked for nothing that there is, or got no answer, hasn't run much of it.
      if (code < 3) writeIfPossible(cache, script.createCachedData());
    });
  const made = { exports: {} };
  script.runInThisContext()(made.exports, createRequire(bundle), made, bundle, dirname(bundle));
}

/**
 * One for each command, of this very bundle: V8 itself only compares how long the source is. None where somebody else could
 * have put it there, since what stands in it is run.
 */
function cacheFile(digest) {
  const folder = getCompileCacheDir();
  if (!folder || !isOurs(folder)) return undefined;
  const [, , first = "", ...others] = process.argv;
  const command = /^[a-z]+$/.test(first) && !others.includes("--help") ? first : "none";
  const { mtimeMs, size } = statSync(bundle);
  return join(folder, `chainmail-${command}-${digest}-${mtimeMs}-${size}`);
}

/** Windows has no such owners; its temporary folder is each user's own. */
function isOurs(folder) {
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats === undefined || process.getuid === undefined) return stats !== undefined;
  return stats.uid === process.getuid() && (stats.mode & 0o022) === 0;
}

function readIfThere(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** In one go: another command may be starting at this moment. */
function writeIfPossible(path, bytes) {
  try {
    const mine = `${path}.${process.pid}`;
    writeFileSync(mine, bytes);
    renameSync(mine, path);
  } catch {
    // Then the next run compiles again.
  }
}

module.exports = { root, bundle, sources, freshBundle, runBundle };
