import { describe, expect, it } from "vitest";
import { notAhead } from "../../../lib/judge/incident/set-back.ts";
import { openCause, owed } from "../../fakes/causes.ts";

const minute = 60_000;
const now = Date.UTC(2026, 11, 1);

describe("a cause that a clock wrote which was ahead", () => {
  const cause = (at: number) =>
    openCause([owed({ at }, { notBefore: at + minute })], {
      stateSince: at,
      openings: [at],
      due: at + 60 * minute,
      votes: [{ at, cycle: 1, round: 0, vantage: "here", answer: "bad" }],
    });

  it("is as it would be, had it been written now", () => {
    const set = notAhead(cause(now + 120 * minute), now - 1_000, now);
    const at = now - 1_000;
    expect(set).toMatchObject({
      stateSince: at,
      openings: [at],
      due: at,
      votes: [{ at }],
      outbox: [{ notBefore: at }],
    });
  });

  it("is itself where clocks merely differ", () => {
    const stands = cause(now + minute / 2);
    expect(notAhead(stands, now - 1_000, now)).toBe(stands);
  });
});
