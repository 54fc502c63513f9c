import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { statusJsonSchemas } from "../../lib/status/json/schemas.ts";

test.each(Object.entries(statusJsonSchemas()))("docs/schema/%s: run `npm run docs` after a change", (file, schema) => {
  const published = readFileSync(new URL(`../../docs/schema/${file}`, import.meta.url), "utf8");
  expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(schema)));
});
