import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { oldestOwedMs } from "../../lib/steps/oldest-owed.ts";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import { noon, openCause, owed } from "../fakes/causes.ts";

const minute = 60_000;
const held = { kind: "silence", id: "S-1", reason: "works", by: "ops", until: noon + 60 * minute } as const;

describe("the oldest message that should have left", () => {
  let embedded: EmbeddedStore;
  beforeEach(async () => {
    embedded = await openEmbedded(null);
  });
  afterEach(() => embedded.close());

  const put = (entry: ReturnType<typeof owed>, subject = "192.0.2.1:25") =>
    embedded.store.state.putCause({ value: openCause([entry], { subject }), version: 0 });
  const at = (now: number) => oldestOwedMs(embedded.store, now);

  it("is none where nothing is owed", async () => {
    expect(await at(noon)).toBe(0);
  });

  it("counts from when it was to leave, and of several the oldest", async () => {
    await put(owed({ at: noon }, { notBefore: noon + minute }));
    expect(await at(noon)).toBe(0);
    expect(await at(noon + 3 * minute)).toBe(2 * minute);
    await put(owed({ at: noon - minute }, { notBefore: noon - minute }), "192.0.2.2:25");
    expect(await at(noon + 3 * minute)).toBe(4 * minute);
  });

  it("goes on counting while a try that failed is put off", async () => {
    await put(owed({ at: noon }, { notBefore: noon + 10 * minute, attempts: 5 }));
    expect(await at(noon + 3 * minute)).toBe(3 * minute);
  });

  it("doesn't count the time for which it was held on purpose", async () => {
    await put(owed({ at: noon, held }, { notBefore: held.until }));
    expect(await at(held.until - minute)).toBe(0);
    expect(await at(held.until + minute)).toBe(minute);
  });

  it("doesn't count that time either once a try failed after it", async () => {
    await put(owed({ at: noon, held }, { notBefore: held.until + 5 * minute, attempts: 2 }));
    expect(await at(held.until + minute)).toBe(minute);
  });
});
