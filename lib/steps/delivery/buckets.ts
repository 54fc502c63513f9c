/** Each recipient's bucket, kept in the store so that all senders share it. */

import { type Bucket, filled, nextDrop, taken } from "../../judge/bucket.ts";
import type { Clock } from "../../model/ports.ts";
import type { Store, Versioned } from "../../store/store.ts";

const mostTries = 4;

export interface Buckets {
  /** How many messages may leave now. */
  tokens(name: string): Promise<number>;
  /** Takes one, before the message leaves: null, or the time of the next drop (epoch ms) where there is none. */
  take(name: string): Promise<number | null>;
  /** When the next message may leave, epoch ms. */
  next(name: string, isUrgent: boolean): Promise<number>;
}

/** For one pass: what was read or written last is believed until another sender's write says otherwise. */
export function createBuckets({ state }: Store, now: Clock): Buckets {
  const known = new Map<string, Versioned<Bucket | null>>();
  const documentOf = (name: string) => `bucket ${name}`;

  async function read(name: string): Promise<Versioned<Bucket>> {
    const found = known.get(name) ?? (await state.document<Bucket>(documentOf(name)));
    known.set(name, found);
    return { value: filled(found.value, now()), version: found.version };
  }

  return {
    async tokens(name) {
      return (await read(name)).value.tokens;
    },
    async take(name) {
      for (let tries = 0; tries < mostTries; tries++) {
        const { value, version } = await read(name);
        const next = taken(value);
        if (next === null) return nextDrop(value, true);
        if (await state.putDocument(documentOf(name), { value: next, version })) {
          known.set(name, { value: next, version: version + 1 });
          return null;
        }
        known.delete(name);
      }
      return now();
    },
    async next(name, isUrgent) {
      return nextDrop((await read(name)).value, isUrgent);
    },
  };
}
