import { expect, it } from "vitest";
import { areWithheld, withheld } from "../../lib/judge/enforced.ts";
import { finding } from "../../lib/judge/findings.ts";

it("what would go in clear doesn't go where its sender insists", () => {
  const found = withheld(finding("starttls.absent"));
  expect(found.consequence).toBe("mail queues and bounces");
  expect(areWithheld([found])).toBe(true);
});

it("insisting doesn't help against what reads sessions", () => {
  const found = finding("flaw.heartbleed");
  expect(found.severity).toBe("critical");
  expect(withheld(found)).toEqual(found);
  expect(areWithheld([withheld(found)])).toBe(false);
});
