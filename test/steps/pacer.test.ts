import { expect, it } from "vitest";
import { createPacer } from "../../lib/steps/pacer.ts";

function pacing() {
  let clock = 0;
  const waits: number[] = [];
  const pacer = createPacer({
    monotonic: () => clock,
    sleep: async (ms) => {
      waits.push(ms);
    },
  });
  return { pacer, waits, pass: (ms: number) => (clock += ms) };
}

it("keeps a gap between two connections to one address, whoever asks, and holds up no other", async () => {
  const { pacer, waits, pass } = pacing();
  await Promise.all([pacer.turn("192.0.2.1", 1_000), pacer.turn("192.0.2.1", 1_000), pacer.turn("192.0.2.2", 1_000)]);
  expect(waits).toEqual([1_000]);
  pass(1_500);
  await pacer.turn("192.0.2.1", 1_000);
  expect(waits).toEqual([1_000, 500]);
});

it("leaves who held us for long alone for as long (a tarpit)", async () => {
  const { pacer, waits, pass } = pacing();
  await pacer.turn("192.0.2.1", 1_000);
  pass(25_000);
  pacer.held("192.0.2.1", 25_000);
  await pacer.turn("192.0.2.1", 1_000);
  // postscreen's six seconds are nobody's slowness.
  pass(30_000);
  pacer.held("192.0.2.1", 6_000);
  await pacer.turn("192.0.2.1", 1_000);
  expect(waits).toEqual([25_000]);
});

it("forgets who may be connected to again", async () => {
  const { pacer, waits, pass } = pacing();
  for (let at = 0; at < 25_000; at++) {
    await pacer.turn(`192.0.2.${at}`, 1);
    pass(2);
  }
  expect(waits).toEqual([]);
});
