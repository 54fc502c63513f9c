/** Runs tasks at most `most` at a time, first come first served. */
export function createLimit(most: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running >= most) await new Promise<void>((go) => waiting.push(go));
    else running++;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      // A slot is handed on, not given back, so that nobody slips in between.
      if (next) next();
      else running--;
    }
  };
}
