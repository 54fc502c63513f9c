/** Where `bundle.js` puts the command line, and whether that is still what the sources say. */
import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
export const bundle = fileURLToPath(new URL("../dist/chainmail.cjs", import.meta.url));
/** The files it was made of, as JSON. */
export const sources = fileURLToPath(new URL("../dist/sources.json", import.meta.url));

/** False too where there is none. */
export function isFresh() {
  try {
    const { mtimeMs } = statSync(bundle);
    return JSON.parse(readFileSync(sources, "utf8")).every((path) => statSync(path).mtimeMs <= mtimeMs);
  } catch {
    return false;
  }
}
