/**
 * `node previous.ts TODAY FOLDER`: of today's cloud assembly makes one that deploys the template of the release before, with
 * today's code in its functions (`previous.template.json`: the stack as of 2026-11-25, commit 51631d1, with the settings
 * `stackName`, `every` and `alertEmail`). Messages and items of that time are fixtures of `test/lambdas/upgrade.test.ts`.
 */

import { createHash } from "node:crypto";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Properties }>>;
}
interface Properties {
  readonly Code?: { S3Key: string };
}

const [today = "", folder = ""] = process.argv.slice(2);
const named = (name: string) => join(folder, name);
cpSync(today, folder, { recursive: true });

const template = "Lab.template.json";
const now = JSON.parse(readFileSync(named(template), "utf8")) as Template;
const before = JSON.parse(readFileSync(join(import.meta.dirname, "previous.template.json"), "utf8")) as Template;
for (const [id, { Properties }] of Object.entries(before.Resources)) {
  const code = now.Resources[id]?.Properties.Code;
  if (Properties.Code === undefined) continue;
  if (code === undefined) throw new Error(`${id}: no such function today`);
  Properties.Code.S3Key = code.S3Key;
}
const text = JSON.stringify(before);
writeFileSync(named(template), text);

// What has another content has another name, or it would be taken for published once today's is.
const files = (JSON.parse(readFileSync(named("Lab.assets.json"), "utf8")) as Files).files;
interface Files {
  readonly files: Readonly<Record<string, { readonly source: { readonly path: string } }>>;
}
const [was = ""] = Object.entries(files).find(([, { source }]) => source.path === template) ?? [];
const is = createHash("sha256").update(text).digest("hex");
for (const name of ["Lab.assets.json", "manifest.json"])
  writeFileSync(named(name), readFileSync(named(name), "utf8").replaceAll(was, is));
