import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { csvColumns } from "../../lib/customers/csv.ts";
import { parseFleet } from "../../lib/customers/parse.ts";

const text = readFileSync(join(import.meta.dirname, "../../docs/customers.md"), "utf8");

it("every file in docs/customers.md is understood", () => {
  const blocks = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block]) => block ?? "");
  expect(blocks).toHaveLength(5);
  for (const block of blocks) {
    const file = block.includes("customers:") ? block : `${block}customers: []\n`;
    expect(parseFleet(file, { file: "docs/customers.md", format: "yaml" }).errors).toEqual([]);
  }
});

it("every CSV column is told there", () => {
  const told = text.slice(text.indexOf("## CSV"), text.indexOf("## Import"));
  for (const column of csvColumns) expect(told).toContain(`\`${column}\``);
});
