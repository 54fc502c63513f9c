/**
 * Processes that can die at every await. All that a step asks of the world goes through `ask`: it takes time, it can fail
 * before or after it was done, and the process can die before it, or after it and before the answer came.
 */

import type { Store } from "../../lib/store/store.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";

/** What becomes of one call. `fail`: the call is refused by an error that the step sees. */
export type Fate = "well" | "dies-before" | "dies-after" | "fails-before" | "fails-after";

/** A process, or a Lambda's one invocation. Who is dead hears no answer any more. */
export interface Host {
  readonly name: string;
  isAlive(): boolean;
  die(): void;
}

export function createHost(name: string, died: () => void): Host {
  let alive = true;
  return {
    name,
    isAlive: () => alive,
    die() {
      if (!alive) return;
      alive = false;
      died();
    },
  };
}

/** A call that the world failed: the store's own errors. */
class Outage extends Error {
  override readonly name = "Outage";
}

export interface Awaits {
  /** Asks the world: `effect` happens once, at one moment, and `slow` ms later the answer comes, if anybody is there to hear it. */
  ask<T>(host: Host, what: string, effect: () => T | Promise<T>, slow?: number): Promise<T>;
  /** The store as one process sees it. */
  storeOf(store: Store, host: Host): Store;
  /** How many awaits there were. */
  count(): number;
  /** Of these the numbers of those that asked without changing anything. */
  reads(): ReadonlySet<number>;
}

const isWrite = /^(put|claim|retire|rollUp)/;

/** `fateOf` is asked once for each await, numbered from 1. */
export function createAwaits(
  timeline: Timeline,
  random: Random,
  fateOf: (host: Host, what: string, number: number) => Fate,
): Awaits {
  let count = 0;
  const reads = new Set<number>();

  function ask<T>(host: Host, what: string, effect: () => T | Promise<T>, slow = 0): Promise<T> {
    return new Promise((resolve, reject) => {
      if (!host.isAlive()) return;
      const fate = fateOf(host, what, ++count);
      const there = random.int(0, 9);
      timeline.at(timeline.now() + there, () => {
        if (!host.isAlive()) return;
        if (fate === "dies-before") return host.die();
        if (fate === "fails-before") return reject(new Outage(`${what} failed before it was done`));
        const result = effect();
        if (fate === "dies-after") return host.die();
        const back = slow + (random.chance(0.2) ? random.int(1, 50) : 0);
        const answer = () => {
          if (!host.isAlive()) return;
          if (fate === "fails-after") reject(new Outage(`${what} failed after it was done`));
          else resolve(result);
        };
        if (back === 0) answer();
        else timeline.at(timeline.now() + back, answer);
      });
    });
  }

  function part<P extends object>(of: P, host: Host): P {
    return new Proxy(of, {
      get(target, name) {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== "function") return method;
        const what = String(name);
        return (...parameters: unknown[]) => {
          if (host.isAlive() && !isWrite.test(what)) reads.add(count + 1);
          return ask(host, what, () => method.apply(target, parameters));
        };
      },
    });
  }

  return {
    ask,
    storeOf: ({ config, state, ledger }, host) => ({
      config: part(config, host),
      state: part(state, host),
      ledger: part(ledger, host),
    }),
    count: () => count,
    reads: () => reads,
  };
}
