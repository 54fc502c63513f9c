import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createLimit, createLimitWithSpare } from "../../lib/world/limit.ts";

/** Tasks that end when told to. */
function tasks() {
  const running = new Map<string, () => void>();
  return {
    running,
    task: (name: string) => () =>
      new Promise<string>((resolve) => {
        running.set(name, () => {
          running.delete(name);
          resolve(name);
        });
      }),
    end: async (name: string) => {
      running.get(name)?.();
      await pause(1);
    },
  };
}

describe("a limit", () => {
  it("lets so many run, first come first served", async () => {
    const { running, task, end } = tasks();
    const limit = createLimit(2);
    const all = ["a", "b", "c"].map((name) => limit(task(name)));
    await pause(1);
    expect([...running.keys()]).toEqual(["a", "b"]);
    await end("a");
    expect([...running.keys()]).toEqual(["b", "c"]);
    await end("b");
    await end("c");
    expect(await Promise.all(all)).toEqual(["a", "b", "c"]);
  });
});

describe("two lanes", () => {
  it("spare tasks take what the others leave, but for the last place", async () => {
    const { running, task, end } = tasks();
    const { first, spare } = createLimitWithSpare(4);
    const all = [..."abcde"].map((name) => first(task(name)));
    const spares = ["x", "y", "z"].map((name) => spare(task(name)));
    await pause(1);
    expect([...running.keys()]).toEqual([..."abcd"]);
    await end("a");
    await end("b");
    expect([...running.keys()]).toEqual([..."cde"]);
    await end("c");
    expect([...running.keys()]).toEqual([..."dex"]);
    await end("d");
    await end("e");
    expect([...running.keys()]).toEqual([..."xyz"]);
    for (const name of "xyz") await end(name);
    expect(await Promise.all([...all, ...spares])).toEqual([..."abcdexyz"]);
  });

  it("what asks one thing after the other isn't overtaken between two", async () => {
    const { running, task, end } = tasks();
    const { first, spare } = createLimitWithSpare(3);
    const chain = (async () => {
      for (const name of ["a", "b"]) await first(task(name));
    })();
    const other = first(task("c"));
    const late = spare(task("x"));
    await pause(1);
    await end("a");
    expect([...running.keys()]).toEqual(["c", "b"]);
    await end("c");
    expect([...running.keys()]).toEqual(["b", "x"]);
    await end("b");
    await end("x");
    await Promise.all([chain, other, late]);
  });

  it("a task that fails gives its place back", async () => {
    const { first, spare } = createLimitWithSpare(2);
    await expect(first(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await spare(async () => 1)).toBe(1);
  });
});
