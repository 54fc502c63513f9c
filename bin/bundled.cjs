/** Where `bundle.js` puts the command line, whether that is still what the sources say, and running it. CommonJS: an ES module that imports node:fs loads its streams too. */
const { readFileSync, renameSync, statSync, writeFileSync } = require("node:fs");
const { createRequire, getCompileCacheDir, wrap } = require("node:module");
const { dirname, join } = require("node:path");
const { constants, Script } = require("node:vm");

const root = join(__dirname, "..");
const bundle = join(root, "dist/chainmail.cjs");
/** The files it was made of, as JSON. */
const sources = join(root, "dist/sources.json");

/** False too where there is none. */
function isFresh() {
  try {
    const { mtimeMs } = statSync(bundle);
    return JSON.parse(readFileSync(sources, "utf8")).every((path) => statSync(path).mtimeMs <= mtimeMs);
  } catch {
    return false;
  }
}

/**
 * With all that the first run of this command had compiled in the end. Node's compile cache takes a module before it runs: a
 * scan would compile a thousand functions anew each time.
 */
function runBundle() {
  const cache = cacheFile();
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

/** One for each command, of this very bundle: V8 itself only compares how long the source is. */
function cacheFile() {
  const folder = getCompileCacheDir();
  const [, , first = "", ...others] = process.argv;
  const command = /^[a-z]+$/.test(first) && !others.includes("--help") ? first : "none";
  const { mtimeMs, size } = statSync(bundle);
  return folder && join(folder, `chainmail-${command}-${mtimeMs}-${size}`);
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

module.exports = { root, bundle, sources, isFresh, runBundle };
