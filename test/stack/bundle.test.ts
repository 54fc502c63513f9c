import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Metafile } from "esbuild";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { bundleHandler } from "../../lib/stack/bundle.ts";
import { agreedSizes, loadedAtStart, sizeOf, strayedFrom } from "../bench/bundle-sizes.ts";

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const handlers = ["resolve", "plan", "probe", "judge", "tick", "notify", "contacts", "status"] as const;
type Handler = (typeof handlers)[number];

let folder: string;
const metafiles = new Map<Handler, Metafile>();
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "chainmail-bundles-"));
  for (const handler of handlers) metafiles.set(handler, bundleHandler(handler, join(folder, handler)));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What came into a bundle: packages by name, our own files by path. */
function contentsOf(handler: Handler): ReadonlySet<string> {
  const outputs = Object.values(metafiles.get(handler)?.outputs ?? {});
  const inputs = outputs.flatMap((output) =>
    Object.entries(output.inputs).flatMap(([input, { bytesInOutput }]) => (bytesInOutput > 0 ? [input] : [])),
  );
  return new Set(
    inputs.map((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(input)?.[1] ?? input),
  );
}

function digest(directory: string): string {
  const hash = createHash("sha256");
  for (const file of readdirSync(directory).sort()) hash.update(file).update(readFileSync(join(directory, file)));
  return hash.digest("hex");
}

describe("the functions' code", () => {
  it.each(handlers)(
    "%s is whole: it is imported without a node_modules beside it, and exports its handler",
    (handler) => {
      const script = `import(${JSON.stringify(pathToFileURL(join(folder, handler, "index.mjs")).href)}).then(m => console.log(Object.keys(m).join()))`;
      expect(execFileSync(process.execPath, ["-e", script], { cwd: "/", encoding: "utf8" })).toBe("handler\n");
    },
  );

  it.each(handlers)("%s carries nothing of the command line, the customers file or the embedded store", (handler) => {
    const contents = [...contentsOf(handler)];
    for (const unwanted of ["dynalite", "classic-level", "yaml", "csv-parse", "commander", "@hono/node-server"])
      expect(contents).not.toContain(unwanted);
    // Tokens are checked where the status is read.
    const ours = contents.filter((input) => input !== "lib/customers/tokens.ts");
    expect(ours.filter((input) => /^lib\/(cli|local|customers|stack)\//.test(input))).toEqual([]);
  });

  /** What a function's start loads. */
  function inputsAtStart(handler: Handler): readonly string[] {
    const metafile = metafiles.get(handler);
    if (metafile === undefined) return [];
    return loadedAtStart(metafile).flatMap((path) => Object.keys(metafile.outputs[path]?.inputs ?? {}));
  }

  it.each(handlers)("%s is as large as test/bench/bundle-sizes.json says, within a tenth", (handler) => {
    const metafile = metafiles.get(handler);
    expect(metafile && strayedFrom(handler, sizeOf(metafile))).toEqual([]);
  });

  it("only notify sends mail, and loads what that takes when there is a relay", () => {
    expect(handlers.filter((handler) => contentsOf(handler).has("nodemailer"))).toEqual(["notify"]);
    const inputs = inputsAtStart("notify");
    expect(inputs.some((input) => input.endsWith("lib/steps/notify.ts"))).toBe(true);
    expect(inputs.filter((input) => input.includes("nodemailer"))).toEqual([]);
  });

  it("the probe loads what scans take when there is one to make", () => {
    expect(contentsOf("probe").has("lib/steps/deep-probe.ts")).toBe(true);
    const inputs = inputsAtStart("probe");
    expect(inputs).toContain("lib/steps/probe.ts");
    expect(inputs.filter((input) => /lib\/(protocols\/scan|judge\/grades)\/|deep-probe/.test(input))).toEqual([]);
  });

  it("only status checks queries by schema", () => {
    expect(handlers.filter((handler) => contentsOf(handler).has("zod"))).toEqual(["status"]);
  });

  it("the probe has no code for tables at all", () => {
    const contents = [...contentsOf("probe")];
    expect(contents.filter((input) => /dynamodb/.test(input) || input.startsWith("lib/store/"))).toEqual([]);
  });

  it("the same sources give the same bytes, so that a deployment changes only what changed", () => {
    const again = join(folder, "again");
    bundleHandler("plan", again);
    expect(digest(again)).toBe(digest(join(folder, "plan")));
  });

  it("what isn't needed at start stands in chunks of its own", () => {
    expect(readdirSync(join(folder, "plan")).length).toBeGreaterThan(1);
  });
});

describe("the agreed sizes of bundles", () => {
  const agreed = { all: 1_000, start: 500 };

  it.each([
    [{ all: 1_000, start: 500 }, []],
    [{ all: 1_100, start: 550 }, []],
    [{ all: 1_101, start: 500 }, ["probe: all is 1101 bytes, agreed were 1000"]],
    [{ all: 1_000, start: 551 }, ["probe: start is 551 bytes, agreed were 500"]],
    [{ all: 900, start: 500 }, ["probe: all is 900 bytes, agreed were 1000"]],
  ])("%j is told from them", (size, words) => {
    expect(strayedFrom("probe", size, agreed)).toEqual(words);
  });

  it("are those of all functions", () => {
    expect(Object.keys(agreedSizes)).toEqual([...handlers]);
    expect(strayedFrom("new", agreed)).toEqual(["new: no size was agreed"]);
  });
});
