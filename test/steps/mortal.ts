/** A lab whose process dies at one of its writes, and whose next one goes on from what was written. */

import type { Store } from "../../lib/store/store.ts";
import { Crash, crashingStore } from "../fakes/crash.ts";
import type { Lab } from "./lab.ts";

export interface Mortal {
  run(ms: number): Promise<void>;
  readonly crashed: boolean;
  /** How many were begun. */
  readonly writes: number;
}

/**
 * From now on `lab` dies at the `fatal`th write. `redelivered`: the batch in its hands comes again, as from SQS; else it
 * is lost with all jobs that waited, as when `chainmail up` is killed.
 */
export function mortal(lab: Lab, store: Store, fatal: number, redelivered: boolean): Mortal {
  const dying = crashingStore(store, fatal);
  lab.use(dying.store);
  let crashed = false;
  return {
    async run(ms) {
      const end = lab.now() + ms;
      while (lab.now() < end) {
        try {
          await lab.run(end - lab.now());
        } catch (error) {
          if (!(error instanceof Crash)) throw error;
          crashed = true;
          lab.use(store);
          lab.restart(redelivered);
        }
      }
    },
    get crashed() {
      return crashed;
    },
    get writes() {
      return dying.written.length;
    },
  };
}
