import { describe, expect, it } from "vitest";
import { createLanes } from "../../lib/steps/lanes.ts";

/** Work that begins when it may and ends when it is told to. */
function workshop() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const slows = new Map<string, () => void>();
  return {
    begun,
    slow: (name: string) => slows.get(name)?.(),
    end: async (name: string) => {
      ends.get(name)?.();
      await settled();
    },
    work: (name: string) => (slow: () => void) => {
      begun.push(name);
      slows.set(name, slow);
      return new Promise<string>((end) => ends.set(name, () => end(name)));
    },
  };
}

const settled = () => new Promise<void>((done) => setImmediate(done));

describe("lanes", () => {
  it("let as many in as there is room, the others in their order", async () => {
    const lanes = createLanes({ fast: 2, slow: 1 });
    const { begun, work, end } = workshop();
    for (const name of ["a", "b", "c", "d"]) void lanes.run(name, work(name));
    await settled();
    expect(begun).toEqual(["a", "b"]);
    await end("b");
    expect(begun).toEqual(["a", "b", "c"]);
    await end("a");
    expect(begun).toEqual(["a", "b", "c", "d"]);
  });

  it("go on past slow ones, which get a lane of their own", async () => {
    const lanes = createLanes({ fast: 1, slow: 1 });
    const { begun, work, slow, end } = workshop();
    for (const name of ["a", "b", "c"]) void lanes.run(name, work(name));
    await settled();
    slow("a");
    slow("a");
    await settled();
    expect(begun).toEqual(["a", "b"]);
    // The slow lane is full: b keeps its place.
    slow("b");
    await settled();
    expect(begun).toEqual(["a", "b"]);
    await end("a");
    expect(begun).toEqual(["a", "b"]);
    await end("b");
    expect(begun).toEqual(["a", "b", "c"]);
  });

  it("have one at a time for each address, and hold nobody else up meanwhile", async () => {
    const lanes = createLanes({ fast: 2, slow: 1 });
    const { begun, work, end } = workshop();
    for (const name of ["a1", "a2", "a3"]) void lanes.run("192.0.2.1", work(name));
    void lanes.run("192.0.2.2", work("b"));
    await settled();
    expect(begun).toEqual(["a1", "b"]);
    await end("a1");
    expect(begun).toEqual(["a1", "b", "a2"]);
    await end("a2");
    expect(begun).toEqual(["a1", "b", "a2", "a3"]);
  });

  it("give the result back, and go on after a failure", async () => {
    const lanes = createLanes({ fast: 1, slow: 1 });
    const failing = lanes.run("a", () => Promise.reject(new Error("no")));
    const next = lanes.run("a", () => Promise.resolve(7));
    await expect(failing).rejects.toThrow("no");
    expect(await next).toBe(7);
  });
});
