import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Hold, idleBreaker } from "../../lib/model/breaker.ts";
import type { RecordEntry } from "../../lib/model/record.ts";
import { changeBreaker } from "../../lib/steps/breaker-document.ts";
import { openCause, owed } from "../fakes/causes.ts";
import { onData } from "../fakes/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "chainmail-breaker-"));
const folderOfData = join(folder, "data");
const { chainmail, inStore } = onData(folderOfData);
afterAll(() => rmSync(folder, { recursive: true }));

const minute = 60_000;
const now = Date.now();
const hold: Hold = {
  id: "B-7F3A2B",
  from: now - 10 * minute,
  at: now,
  until: now + 10 * minute,
  lasts: 10 * minute,
  why: "6 openings at 6 of 100 targets within two cycles, in 6 unrelated networks",
  by: null,
  openings: 6,
  networks: 6,
  customers: 18,
  named: [],
  asked: true,
};

/** A hold that keeps one message back. */
async function held(): Promise<void> {
  await inStore(async (store) => {
    await changeBreaker(store, (breaker) => ({ ...(breaker ?? idleBreaker), hold }));
    const cause = openCause([owed({ at: now, since: now }, { notBefore: hold.until })]);
    const opening = cause.outbox.map((entry) => ({ ...entry, alert: { ...entry.alert, held: cover } }));
    const incident = cause.incident && { ...cause.incident, openedAt: now };
    const { version } = await store.state.cause("cleartext", cause.subject);
    await store.state.putCause({ value: { ...cause, incident, outbox: opening }, version });
  });
}

const cover = { kind: "breaker", id: hold.id, reason: hold.why, by: null, until: hold.until } as const;

describe("chainmail breaker", () => {
  it("says that nothing is held, and that there is nothing to decide", async () => {
    await inStore(async ({ config }) => config.bumpRevision());
    expect(await chainmail("breaker")).toMatchObject({ code: 0, out: "nothing is held\n" });
    const { code, err } = await chainmail("breaker", "release", "--by", "ann");
    expect(code).toBe(64);
    expect(err).toContain("nothing is held: there is nothing to decide");
  });

  it("shows what is held, and keeps it for longer", async () => {
    await held();
    const shown = await chainmail("breaker");
    expect(shown.code).toBe(2);
    expect(shown.out).toBe(
      `B-7F3A2B holds until ${new Date(hold.until).toISOString()}: ${hold.why}\n  mx1.gateway.example (192.0.2.1:25): cleartext, 3 customers\n`,
    );
    const kept = await chainmail("breaker", "keep", "--for", "2h", "--by", "bob");
    expect(kept.out).toMatch(/^B-7F3A2B kept by bob: it holds until 20\S+Z\n$/);
    expect((await chainmail("breaker")).out).toContain(", kept by bob: 6 openings");
  });

  it("releases it: what waited may leave now, and who decided stands in the record", async () => {
    expect(await chainmail("breaker", "release")).toMatchObject({ code: 64 });
    const released = await chainmail("breaker", "release", "--by", "ann");
    expect(released).toMatchObject({ code: 0, err: "" });
    expect(released.out).toMatch(
      /^B-7F3A2B released by ann: what it held and still holds is told now, and until 20\S+Z nothing more is held\n$/,
    );
    expect((await chainmail("breaker")).out).toBe("nothing is held\n");
    await inStore(async (store) => {
      const { value } = await store.state.cause("cleartext", "192.0.2.1:25");
      expect(value?.outbox[0]?.notBefore).toBeLessThanOrEqual(Date.now());
      const entries: RecordEntry[] = [];
      for await (const { text } of store.ledger.record()) if (text !== null) entries.push(JSON.parse(text));
      expect(entries).toMatchObject([
        { kind: "decided", decision: "keep", by: "bob", hold: "B-7F3A2B" },
        { kind: "decided", decision: "release", by: "ann", hold: "B-7F3A2B" },
      ]);
    });
    expect((await chainmail("verify")).code).toBe(0);
  });
});
