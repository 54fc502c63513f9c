import { describe, expect, it } from "vitest";
import { crowdDefects } from "./crowd-defects.ts";
import { defects } from "./defects.ts";
import { drawCrowded, drawHistory, drawRinged } from "./history.ts";
import { crashPoints, play, playAll } from "./play.ts";
import { escalationDefects, ringDefects } from "./ring-defects.ts";

/** `npm run test:simulation` plays a hundred thousand. */
const histories = 2_000;

function* seeds(from: number, count: number): Generator<number> {
  for (let seed = from; seed < from + count; seed++) yield seed;
}

describe("whatever servers, queues, stores, channels and processes do", () => {
  it(`every promise of an alarm is kept, in ${histories} histories`, async () => {
    expect(await playAll(seeds(0, histories))).toBeNull();
  });

  it("and where many servers go bad at once, what they share is told, and the breaker asks", async () => {
    expect(await playAll(seeds(0, 200), undefined, undefined, drawCrowded)).toBeNull();
  });

  it("and where customers share servers, each one's contacts are told in their own words", async () => {
    expect(await playAll(seeds(0, 300), undefined, undefined, drawRinged)).toBeNull();
  });

  it("whichever await of a history a process dies at", async () => {
    const history = drawHistory(7, false);
    let deaths = 0;
    for (const crashAt of await crashPoints(history)) {
      const { breaches, world } = await play(history, undefined, crashAt);
      expect(breaches, `${crashAt.after ? "after" : "before"} await ${crashAt.number}`).toEqual([]);
      deaths += crashAt.places * world.evidence.crashes;
    }
    expect(deaths).toBeGreaterThan(200);
  });

  it("before a read as after it: that is one history", async () => {
    const history = drawHistory(7, false);
    const reads = (await crashPoints(history)).filter(({ places }) => places === 2);
    expect(reads.length).toBeGreaterThan(50);
    for (const { number } of reads) {
      const [before, after] = [
        await play(history, undefined, { number, after: false }),
        await play(history, undefined, { number, after: true }),
      ];
      expect(after.world.evidence).toEqual(before.world.evidence);
    }
  });

  it("and the same seed is the same history", async () => {
    const told = async () => (await play(drawHistory(11))).world.evidence;
    expect(await told()).toEqual(await told());
  });
});

describe("the oracle finds a machine in which", () => {
  it.each(defects)("$name", async ({ machinery, breaks }) => {
    expect(await playAll(seeds(0, histories), machinery, breaks)).not.toBeNull();
  });

  it.each(crowdDefects)("$name", async ({ machinery, breaks }) => {
    expect(await playAll(seeds(0, histories), machinery, breaks, drawCrowded)).not.toBeNull();
  });

  it.each([...ringDefects, ...escalationDefects])("$name", async ({ machinery, breaks }) => {
    expect(await playAll(seeds(0, histories), machinery, breaks, drawRinged)).not.toBeNull();
  });
});
