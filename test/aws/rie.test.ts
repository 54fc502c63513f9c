/** Each bundle under AWS's own runtime interface, with the share of a processor that its memory comes with. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { handlers, measuredWords, rieMissing, startsOf } from "../bench/rie.ts";

const least = 128;

describe.skipIf(rieMissing !== null)(`with ${least} to 512 MB`, () => {
  const folder = mkdtempSync(join(tmpdir(), "chainmail-rie-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(handlers)("%s starts, and answers an empty batch", async (handler) => {
    const starts = await startsOf(handler, folder, 1);
    process.stdout.write(`${handler}: ${measuredWords(starts)}\n`);
    for (const ms of starts.ms) expect(ms).toBeGreaterThan(0);
    expect(starts.peakMb).toBeGreaterThan(0);
    expect(starts.peakMb).toBeLessThan(least);
  });
});
