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

/** Two kinds of tasks that share so many places; `spare` ones only take those that the others leave, and never the last one. */
export interface LimitWithSpare {
  first<T>(task: () => Promise<T>): Promise<T>;
  spare<T>(task: () => Promise<T>): Promise<T>;
}

export function createLimitWithSpare(most: number): LimitWithSpare {
  const limit = createLimit(most);
  const waiting: (() => void)[] = [];
  let busy = 0;
  async function taken<T>(task: () => Promise<T>): Promise<T> {
    busy++;
    try {
      return await limit(task);
    } finally {
      busy--;
      // Not at once: who asks one thing after the other has its turn before.
      setImmediate(() => {
        for (const go of waiting.splice(0)) go();
      });
    }
  }
  return {
    first: taken,
    async spare(task) {
      while (busy >= most - 1) await new Promise<void>((go) => waiting.push(go));
      return await taken(task);
    },
  };
}
