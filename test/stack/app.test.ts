/** The CDK app as the CDK's command line runs it: `cdk.json`'s own command, with nothing in its environment. */

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";

vi.setConfig({ testTimeout: 60_000 });

const root = join(import.meta.dirname, "../..");
const cdkJson = JSON.parse(readFileSync(join(root, "cdk.json"), "utf8")) as { app: string };
const folder = mkdtempSync(join(tmpdir(), "chainmail-cdk-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function runApp(context: object) {
  const [command = "", ...args] = cdkJson.app.split(" ");
  const env = {
    PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
    CDK_OUTDIR: join(folder, "out"),
    CDK_CONTEXT_JSON: JSON.stringify(context),
  };
  return spawnSync(command, args, { cwd: root, env, encoding: "utf8" });
}

describe("the CDK app", () => {
  it("synthesises without account, region, credentials or any context value, with the functions' code", () => {
    const { status, stderr } = runApp({});
    const said = stderr.replace(/^Bundling asset .*\n/gm, "");
    expect([status, said.slice(0, said.indexOf("  functions"))]).toEqual([
      0,
      "Estimate (another fleet: -c customers=N, or npx chainmail cost):\n100 customers, 208 targets every 5 min, egress none\n",
    ]);
    expect(said).toMatch(/^ {2}a month +\d+\.\d\d$/m);
    const out = join(folder, "out");
    const template = JSON.parse(readFileSync(join(out, "Chainmail.template.json"), "utf8")) as { Resources: object };
    expect(Object.keys(template.Resources).length).toBeGreaterThan(60);
    const assets = readdirSync(out).filter((name) => name.startsWith("asset."));
    expect(assets).toHaveLength(8);
    for (const asset of assets) expect(existsSync(join(out, asset, "index.mjs"))).toBe(true);
  });

  it("says in sentences what is wrong with the context, and builds nothing", () => {
    const { status, stdout, stderr } = runApp({ every: "7 minutes", colour: "red" });
    expect([status, stdout]).toEqual([64, ""]);
    const [unknown, every, ...others] = stderr.split("\n");
    expect(unknown).toMatch(/^chainmail: context 'colour': there is no such key; expected one of stackName, /);
    expect(every).toBe(`chainmail: context 'every': "7 minutes": expected a duration from 1m to 1h, like 30s or 5m.`);
    expect(others).toEqual([""]);
  });

  it("says which Node it needs where an older one runs it", () => {
    const preload = join(root, "bin/node-24.js");
    const script = `Object.defineProperty(process.versions, "node", { value: "20.20.2" }); import(${JSON.stringify(preload)})`;
    const { status, stderr } = spawnSync(process.execPath, ["-e", script], { encoding: "utf8" });
    expect(status).toBe(64);
    expect(stderr).toMatch(/^chainmail: Node 20\.20\.2 is too old: in this folder npx .*\n$/);
  });
});
