import { execFile } from "node:child_process";
import { chmod, cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);
let folder: string;

async function node(...args: readonly string[]): Promise<string> {
  const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, "cache") };
  return (await run(process.execPath, args, { cwd: folder, env })).stdout;
}

async function describeAs(text: string): Promise<void> {
  const file = join(folder, "lib/cli/program.ts");
  await writeFile(file, (await readFile(file, "utf8")).replace(/\.description\("[^"]*"\)/, `.description("${text}")`));
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "chainmail-bundle-"));
  for (const part of ["bin", "lib", "package.json", "package-lock.json"])
    await cp(join(root, part), join(folder, part), { recursive: true });
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it("the bundle is the command line, as long as it is what the sources say", { timeout: 60_000 }, async () => {
  await node("bin/bundle.js");
  await describeAs("new words");
  expect(await node("bin/chainmail.js", "--help")).toContain("new words");
  await node("bin/bundle.js");
  const bundle = join(folder, "dist/chainmail.cjs");
  expect(await readFile(bundle, "utf8")).toContain("new words");
  await writeFile(bundle, (await readFile(bundle, "utf8")).replace("new words", "bundled words"));
  expect(await node("bin/chainmail.js", "--help")).toContain("bundled words");
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  expect(await node("bin/chainmail.js", "--version")).toBe(`${version}\n`);
});

it("what a command had compiled is kept for its next run, and for no other bundle", { timeout: 60_000 }, async () => {
  const kept = async () =>
    (await readdir(join(folder, "cache"), { recursive: true })).filter((name) => name.includes("chainmail-cost-"));
  await node("bin/bundle.js");
  expect(await node("bin/chainmail.js", "cost")).toContain("a month");
  expect(await kept()).toHaveLength(1);
  const first = await node("bin/chainmail.js", "cost");
  expect(first).toContain("a month");
  const bundle = join(folder, "dist/chainmail.cjs");
  await writeFile(bundle, (await readFile(bundle, "utf8")).replaceAll("a month", "a MONTH"));
  expect(await node("bin/chainmail.js", "cost")).toBe(first.replaceAll("a month", "a MONTH"));
  expect(await kept()).toHaveLength(2);
});

it("what others could have compiled isn't run", { timeout: 60_000 }, async () => {
  const kept = async () => (await readdir(join(folder, "cache"))).map((name) => join(folder, "cache", name));
  await node("bin/bundle.js");
  await node("bin/chainmail.js", "--version");
  for (const name of await kept()) await chmod(name, 0o777);
  await node("bin/chainmail.js", "cost");
  const files = await readdir(join(folder, "cache"), { recursive: true });
  expect(files.filter((name) => name.includes("chainmail-cost-"))).toEqual([]);
});
