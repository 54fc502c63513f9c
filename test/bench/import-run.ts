/** Child of `import.ts`: one `chainmail customers import` in this process, and what it took. */

import { run } from "../../lib/cli/program.ts";
import { taskOfChild } from "./child.ts";

export interface ImportTask {
  readonly file: string;
  readonly data: string;
}
export interface ImportCost {
  readonly code: number;
  readonly wallMs: number;
  readonly peakMB: number;
}

const { file, data } = taskOfChild<ImportTask>();
const quiet = { write: () => true };
const began = performance.now();
const io = { stdout: quiet, stderr: process.stderr, env: {} };
const code = await run(["customers", "import", file, "--data", data], io as unknown as typeof process);
const wallMs = performance.now() - began;
const result: ImportCost = { code, wallMs, peakMB: process.resourceUsage().maxRSS / 1024 };
console.log(JSON.stringify(result));
