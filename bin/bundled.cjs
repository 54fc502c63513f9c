/** Where `bundle.js` puts the command line, and whether that is still what the sources say. CommonJS: an ES module that imports node:fs loads its streams too. */
const { readFileSync, statSync } = require("node:fs");
const { join } = require("node:path");

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

module.exports = { root, bundle, sources, isFresh };
