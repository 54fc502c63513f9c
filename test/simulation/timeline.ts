/** A clock that only events move, so that hours pass in milliseconds and the same history always runs alike. */

export interface Timeline {
  now(): number;
  /** Does `action` at `time` (epoch ms), or now where that is over; in the order they were asked for where times are equal. */
  at(time: number, action: () => void): void;
  /** Lets everything happen that is due up to `time`. */
  runUntil(time: number): Promise<void>;
}

interface Planned {
  readonly time: number;
  readonly order: number;
  readonly action: () => void;
}

export function createTimeline(start: number): Timeline {
  let clock = start;
  let orders = 0;
  const heap: Planned[] = [];

  return {
    now: () => clock,
    at(time, action) {
      push(heap, { time: Math.max(time, clock), order: orders++, action });
    },
    async runUntil(time) {
      for (let next = heap[0]; next !== undefined && next.time <= time; next = heap[0]) {
        pop(heap);
        clock = next.time;
        next.action();
        // Whoever was answered goes on until it asks the world again: the next tick comes when no promise can go further.
        await new Promise((resolve) => process.nextTick(resolve));
      }
      clock = Math.max(clock, time);
    },
  };
}

function isBefore(a: Planned, b: Planned): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}

function push(heap: Planned[], planned: Planned): void {
  let at = heap.length;
  heap.push(planned);
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || !isBefore(planned, parent)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = planned;
}

function pop(heap: Planned[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const left = heap[2 * at + 1];
    const right = heap[2 * at + 2];
    const isRight = left !== undefined && right !== undefined && isBefore(right, left);
    const child = isRight ? right : left;
    if (child === undefined || !isBefore(child, last)) break;
    heap[at] = child;
    at = isRight ? 2 * at + 2 : 2 * at + 1;
  }
  heap[at] = last;
}
