import { expect, it } from "vitest";
import { insisted } from "../../../lib/protocols/scan/patient.ts";
import type { Unasked } from "../../../lib/protocols/scan/question.ts";

const refused: Unasked = { kind: "unasked", how: "421 too many" };

async function insistedOn(...answers: readonly (Unasked | { readonly kinds: readonly number[] })[]) {
  const waited: number[] = [];
  const left = [...answers];
  const sleep = async (ms: number) => void waited.push(ms);
  const found = await insisted(async () => left.shift() ?? refused, { waits: [2, 10], sleep });
  return { found, waited };
}

it("looks again after each wait while nobody lets us in", async () => {
  expect(await insistedOn({ kinds: [] })).toEqual({ found: { kinds: [] }, waited: [] });
  expect(await insistedOn(refused, { kinds: [1] })).toEqual({ found: { kinds: [1] }, waited: [2] });
  expect(await insistedOn()).toEqual({ found: refused, waited: [2, 10] });
});
