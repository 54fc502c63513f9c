import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Outcome } from "../../lib/model/observation.ts";
import { targetKey } from "../../lib/model/target.ts";
import { resolve } from "../../lib/steps/resolve.ts";
import { afterLook } from "../../lib/steps/target-state.ts";
import { openEmbedded } from "../../lib/store/embedded.ts";
import { onData } from "../fakes/cli.ts";
import { fakeResolver } from "../fakes/resolver.ts";
import { certificate, encrypted, observation } from "../judge/build.ts";

const folder = mkdtempSync(join(tmpdir(), "chainmail-dry-"));
const folderOfData = join(folder, "data");
afterAll(() => rmSync(folder, { recursive: true }));

async function imports(text: string, ...more: readonly string[]) {
  const file = join(folder, "customers.yaml");
  writeFileSync(file, text);
  const { code, out, err } = await onData(folderOfData).chainmail("customers", "import", file, "--yes", ...more);
  return { code, err, lines: out.trimEnd().split("\n") };
}

/** So many customers with a server of their own each; one requires more than the others. */
function file(size: number, require: string, last = require): string {
  const customers = Array.from({ length: size }, (_, at) => {
    const wants = at === size - 1 ? last : require;
    return `  - { id: c${at}, downstream: [mail.c${at}.example], require: { downstream: ${wants} } }`;
  });
  return ["customers:", ...customers, ""].join("\n");
}

const table = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`A mail.c${at}.example`, [`198.51.${at}.1`]]));
const now = Date.now();
const cycle = Math.floor(now / 300_000);

/** Their addresses are known, and each was looked at once. */
async function looked(outcomeOf: (at: number) => Outcome | null): Promise<void> {
  const { store, close } = await openEmbedded(folderOfData);
  try {
    await resolve({ store, resolver: fakeResolver(table), now: () => now }, cycle, 300_000);
    for (const { number, entries } of await store.state.slices()) {
      for (const [slot, entry] of entries.entries()) {
        const outcome = entry && outcomeOf(Number(entry.target.address.split(".")[2]));
        if (!entry || !outcome) continue;
        const seen = observation(outcome, { target: entry.target, at: now, vantage: entry.vantage });
        await store.state.putTarget(afterLook(undefined, seen, { slice: number, slot }));
        expect(await store.state.target(targetKey(entry.target), entry.vantage)).toBeDefined();
      }
    }
  } finally {
    await close();
  }
}

const strong = encrypted({}, certificate({ trust: "self-signed" }));
const tls12 = encrypted({ protocol: "TLSv1.2" }, certificate({ trust: "self-signed" }));
const tls13Only = "{ level: tls, floor: { protocol: TLSv1.3 } }";

describe("a new customers file is judged dry", () => {
  it("of a fresh store nothing is known yet", async () => {
    const { code, lines } = await imports(file(14, "tls"));
    expect(code).toBe(0);
    expect(lines.slice(-2)).toEqual([
      "14 added, 0 changed, 0 removed",
      "nothing is known of these targets yet: what the file asks for is judged by the first looks",
    ]);
  });

  it("its effect on what is known is shown, and nothing is changed by --dry-run", async () => {
    await looked((at) => (at === 13 ? null : at < 12 ? tls12 : strong));
    const { lines } = await imports(file(14, tls13Only), "--dry-run");
    const at = lines.indexOf("0 added, 14 changed, 0 removed");
    expect(lines[at + 1]).toBe("under the new file 12 alarms would open (12 weak), 0 would end");
    expect(lines[at + 2]).toMatch(/^ {2}would open: mail\.c\d+\.example \(198\.51\.\d+\.1:25\): weak, c\d+$/);
    expect(lines.filter((line) => line.startsWith("  would open"))).toHaveLength(10);
    expect(lines.slice(at + 12)).toEqual([
      "  and 2 more",
      "judged by what is known of 13 targets, nothing was looked at; nothing is known of 1 yet",
      "dry run: nothing was changed",
    ]);
    expect((await imports(file(14, "tls"))).lines).toEqual(["0 added, 0 changed, 0 removed"]);
  });

  it("counts each class, and what would end", async () => {
    await imports(file(14, tls13Only));
    await looked((at) => (at < 12 ? tls12 : strong));
    const { lines } = await imports(file(14, "tls", "verified"), "--dry-run");
    const at = lines.indexOf("0 added, 14 changed, 0 removed");
    expect(lines[at + 1]).toBe("under the new file 1 alarm would open (1 unauthenticated), 12 would end (12 weak)");
    expect(lines[at + 2]).toBe("  would open: mail.c13.example (198.51.13.1:25): unauthenticated, c13");
    expect(lines.at(-2)).toBe("judged by what is known of 14 targets, nothing was looked at");
  });

  it("who goes takes the alarms along, and an import that changes nothing says nothing", async () => {
    const { lines } = await imports(file(7, tls13Only), "--dry-run");
    expect(lines).toContain("under the new file 0 alarms would open, 5 would end (5 weak)");
    expect((await imports(file(14, tls13Only))).lines).toEqual(["0 added, 0 changed, 0 removed"]);
  });
});
