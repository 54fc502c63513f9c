import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

it("says nothing to a reader that has left, and keeps its exit code", () => {
  const bin = fileURLToPath(new URL("../../bin/chainmail.ts", import.meta.url));
  const command = `{ "$0" "$1" --help; echo "exit $?" >&2; } | true`;
  const { stderr } = spawnSync("sh", ["-c", command, process.execPath, bin], { encoding: "utf8" });
  expect(stderr).toBe("exit 0\n");
});
