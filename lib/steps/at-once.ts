/** Does `work` for each of `items`, at most `most` at a time, drawing no more of them than are worked on. */
export async function eachAtOnce<T>(
  items: Iterable<T> | AsyncIterable<T>,
  most: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const source = drawn(items);
  const worker = async () => {
    for (;;) {
      const next = await source.next();
      if (next.done) return;
      await work(next.value);
    }
  };
  await Promise.all(Array.from({ length: most }, worker));
}

async function* drawn<T>(items: Iterable<T> | AsyncIterable<T>): AsyncGenerator<T, undefined> {
  yield* items;
}
