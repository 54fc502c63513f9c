import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { chainmail } from "../fakes/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "chainmail-up-"));
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ["--url", "https://status.example"],
  ["--listen", "0.0.0.0"],
])("serves nobody else without a token: %s", async (option, value) => {
  const file = join(folder, "customers.yaml");
  writeFileSync(file, "customers: [acme.example]");
  const data = join(folder, "data");
  const { code, err } = await chainmail("up", "--customers", file, "--data", data, "--port", "0", option, value);
  expect(code).toBe(64);
  expect(err).toContain(`${option}: '${value}': without a token the page is served on loopback only`);
});
