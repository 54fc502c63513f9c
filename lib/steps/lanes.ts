/** Who may connect now: a bounded number at once, one at a time to each address, and slow ones out of the others' way. */

export interface Lanes {
  /**
   * Runs `work` once its address is free and the fast lane has room. When `work` calls `slow`, it goes on in the slow
   * lane and its place in the fast one is free again; with the slow lane full it stays where it is.
   */
  run<T>(address: string, work: (slow: () => void) => Promise<T>): Promise<T>;
}

export interface LaneSizes {
  readonly fast: number;
  readonly slow: number;
}

const usualLanes: LaneSizes = { fast: 250, slow: 1_000 };

/** One set for all jobs of a process, so that its bounds hold across jobs. */
export function createLanes(sizes: LaneSizes = usualLanes): Lanes {
  /** The last in the queue of each address; it resolves when its turn is over. */
  const turns = new Map<string, Promise<void>>();
  const waiting: (() => void)[] = [];
  let fast = 0;
  let slow = 0;

  async function enterFast(): Promise<void> {
    if (fast < sizes.fast) fast += 1;
    else await new Promise<void>((go) => waiting.push(go));
  }

  /** A place is handed on, not given back, so that nobody slips in between. */
  function leaveFast(): void {
    const next = waiting.shift();
    if (next) next();
    else fast -= 1;
  }

  async function inLane<T>(work: (slow: () => void) => Promise<T>): Promise<T> {
    await enterFast();
    let lane: "fast" | "slow" = "fast";
    const goSlow = () => {
      if (lane === "slow" || slow >= sizes.slow) return;
      lane = "slow";
      slow += 1;
      leaveFast();
    };
    try {
      return await work(goSlow);
    } finally {
      if (lane === "fast") leaveFast();
      else slow -= 1;
    }
  }

  return {
    async run(address, work) {
      const before = turns.get(address) ?? Promise.resolve();
      const result = before.then(() => inLane(work));
      const turn = result.then(
        () => {},
        () => {},
      );
      turns.set(address, turn);
      try {
        return await result;
      } finally {
        if (turns.get(address) === turn) turns.delete(address);
      }
    },
  };
}
