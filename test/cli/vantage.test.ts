import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keepOutlooks, outlooksIn, outlooksOf, vantagesIn } from "../../lib/steps/outlook.ts";
import { changeSight, sightOf } from "../../lib/steps/sight-of.ts";
import { onData } from "../fakes/cli.ts";
import { crashingStore } from "../fakes/crash.ts";
import { entryOf } from "../steps/lab.ts";

const folder = mkdtempSync(join(tmpdir(), "chainmail-vantage-"));
const folderOfData = join(folder, "data");
const { chainmail, inStore } = onData(folderOfData);
afterAll(() => rmSync(folder, { recursive: true }));

/** As on AWS, where a vantage of the stack stands in no settings. */
const slice = {
  number: 7,
  vantage: "stack-one",
  entries: [entryOf("60.0.0.1"), null, entryOf("61.0.0.1", { canary: true })],
};

describe("chainmail vantage", () => {
  beforeAll(() =>
    inStore(async (store) => {
      await store.state.putSlice(slice);
      const since = Date.UTC(2026, 10, 25, 8);
      const why = "nobody \u001b[31manswers";
      await changeSight(store, "stack-one", (sight) => ({ ...sight, state: "blind", by: "at-once", since, why }));
    }),
  );

  it("lists those of the roster too, and ends with 2 while one is blind", async () => {
    const { code, out } = await chainmail("vantage", "list");
    expect(code).toBe(2);
    expect(out).toMatch(/^here +sees$/m);
    expect(out).toMatch(/^stack-one +blind since 2026-11-25T08:00:00\.000Z: nobody .+answers$/m);
    expect(out).not.toContain("\u001b");
  });

  it("knows no others", async () => {
    const { code, err } = await chainmail("vantage", "trust", "elsewhere", "--by", "Ada");
    expect(code).toBe(64);
    expect(err).toContain("'elsewhere': there is no such vantage, expected here or stack-one");
  });

  it("takes somebody's word that it sees", async () => {
    const { code, out } = await chainmail("vantage", "trust", "stack-one", "--by", "Ada", "--for", "2h");
    expect([code, out]).toEqual([0, expect.stringMatching(/^stack-one is believed until 20\S+, by Ada\n$/)]);
    expect((await chainmail("vantage", "list")).out).toMatch(/^stack-one +sees, believed until 20\S+ by Ada$/m);
    const sight = await inStore((store) => sightOf(store, "stack-one"));
    expect(sight).toMatchObject({ state: "sighted", trustedBy: "Ada", told: false, gaps: [] });
  });
});

describe("where each vantage looks", () => {
  it("is kept with its canaries, written on change alone, and read from the slices before it was", async () => {
    await inStore(async (store) => {
      const canaries = [{ slice: 7, slot: 2, key: "61.0.0.1:25" }];
      const outlook = { vantage: "stack-one", slices: [7], canaries };
      expect(await outlooksOf(store)).toEqual([outlook]);
      const counted = crashingStore(store);
      await keepOutlooks(counted.store, [slice]);
      await keepOutlooks(counted.store, [slice]);
      expect(counted.written).toEqual(["putDocument"]);
      expect(await outlooksOf(store)).toEqual([outlook]);
      expect(await vantagesIn(store)).toEqual(["here", "stack-one"]);
      expect(outlooksIn([{ ...slice, entries: [null] }])).toEqual([]);
    });
  });
});
