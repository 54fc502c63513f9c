/** Does `work` for each of `items`, at most `most` at a time, drawing no more of them than are worked on. */
export async function eachAtOnce<T>(
  items: Iterable<T> | AsyncIterable<T>,
  most: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const workers = Math.min(most, sizeOf(items));
  if (workers === 0) return;
  const source = Symbol.iterator in items ? items[Symbol.iterator]() : drawn(items);
  const worker = async () => {
    for (;;) {
      const next = await source.next();
      if (next.done) return;
      await work(next.value);
    }
  };
  await Promise.all(Array.from({ length: workers }, worker));
}

/** How many there are, where that is known without drawing them. */
function sizeOf(items: Iterable<unknown> | AsyncIterable<unknown>): number {
  if (Array.isArray(items)) return items.length;
  return items instanceof Map ? items.size : Number.POSITIVE_INFINITY;
}

/** Draws one after the other, as other asynchronous iterators needn't. */
async function* drawn<T>(items: AsyncIterable<T>): AsyncGenerator<T, undefined> {
  yield* items;
}
