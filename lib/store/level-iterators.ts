/** LevelDB's iterators behind dynalite. */

import { AbstractKeyIterator, AbstractValueIterator } from "abstract-level";

/**
 * dynalite 4.0.0 ends the iterator of each query by `return()`, but abstract-level's know `close()` alone: they'd stay
 * open, each with a snapshot, as long as the database, and a process that runs for days would have no memory left.
 */
export function closeEndedIterators(): void {
  for (const { prototype } of [AbstractKeyIterator, AbstractValueIterator]) {
    Object.assign(prototype, { return: prototype.close });
  }
}
