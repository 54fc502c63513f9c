/** What a sender writes while it sends: leases, claims, marks. Each is one conditional write to one cause. */

import type { Cause, CircleProgress } from "../../model/incident.ts";
import type { Clock } from "../../model/ports.ts";
import type { Store, Versioned } from "../../store/store.ts";
import { changeCause } from "../change-cause.ts";
import type { CoverNow } from "../covers.ts";
import { armed, circled, leased, type Outcome, released, setApart, settled } from "../outbox.ts";
import type { Item } from "./hand.ts";
import { prepared, toldRecord } from "./prepare.ts";

const mostTries = 12;

export interface Marks {
  /** The cause in this sender's hands, as far as it may leave now; null where nothing may. */
  take(found: Versioned<Cause>): Promise<Cause | null>;
  /** Those of the items that nobody else has claimed for this recipient. */
  claim(items: readonly Item[], to: string): Promise<readonly Item[]>;
  /** The recipient has them, or never will. */
  settle(items: readonly Item[], to: string, end: "sentTo" | "dead"): Promise<void>;
  /** The recipient refused a digest of them for good: each is told alone, since one of them may be the reason. */
  setApart(items: readonly Item[], to: string): Promise<void>;
  /** One round of its circle is over: how far it has come, and whom it reached. */
  circled(item: Item, circle: CircleProgress, reached: ReadonlySet<string>): Promise<void>;
  renew(items: readonly Item[]): Promise<void>;
  /** False where the cause has changed its state since it was taken in hand: what may leave has to be asked anew. */
  stillHolds(cause: Cause): Promise<boolean>;
  /** Out of this sender's hands; `items` are all that it had of this cause. */
  letGo(cause: Cause, items: readonly Item[], done: readonly Item[], waits: readonly number[]): Promise<void>;
}

/** `asks` hears of causes whose target has to be looked at before they may tell. */
export function createMarks(store: Store, now: Clock, coverOf: CoverNow, asks: (cause: Cause) => void): Marks {
  /** Null where the message is no longer there, or nothing is to be changed. */
  function change({ cause, entry }: Item, next: (stands: Cause) => Cause | null): Promise<Cause | null> {
    return changeCause(store, cause.class, cause.subject, (stands) =>
      stands?.outbox.some(({ alert }) => alert.id === entry.alert.id) ? next(stands) : null,
    );
  }

  return {
    async take(found) {
      let { value, version } = found;
      for (let tries = 0; tries < mostTries; tries++) {
        const at = now();
        const next = prepared(value, coverOf(value, at), at);
        if (next === null || next.cause === value) return null;
        for (const record of next.records) await store.ledger.putRecord(record);
        if (await store.state.putCause({ value: next.cause, version })) {
          if (next.asks) asks(next.cause);
          return next.leaves ? next.cause : null;
        }
        const stands = await store.state.cause(value.class, value.subject);
        if (stands.value === null) return null;
        ({ value, version } = { value: stands.value, version: stands.version });
      }
      return null;
    },

    async claim(items, to) {
      const mine: Item[] = [];
      for (const item of items) {
        const { id } = item.entry.alert;
        const isTaken = ({ outbox }: Cause) =>
          outbox.some(({ alert, sentTo }) => alert.id === id && sentTo.includes(to));
        const claimed = await change(item, (stands) =>
          isTaken(stands) ? null : settled(stands, id, to, "sentTo", now()),
        );
        item.sentTo.add(to);
        if (claimed !== null) mine.push(item);
      }
      return mine;
    },

    async settle(items, to, end) {
      for (const item of items) {
        item[end].add(to);
        await change(item, (stands) => settled(stands, item.entry.alert.id, to, end, now()));
      }
    },

    async setApart(items, to) {
      for (const item of items) await change(item, (stands) => setApart(stands, item.entry.alert.id, to));
    },

    async circled(item, circle, reached) {
      await change(item, (stands) => leased(circled(stands, item.entry.alert.id, circle, reached), now()));
    },

    async renew(items) {
      for (const item of items) await change(item, (stands) => leased(stands, now()));
    },

    async stillHolds({ class: cls, subject, state }) {
      return (await store.state.cause(cls, subject)).value?.state === state;
    },

    async letGo({ class: cls, subject }, items, done, waits) {
      const ids = (some: readonly Item[]) => new Set(some.map(({ entry }) => entry.alert.id));
      const left = items.filter((item) => !done.includes(item));
      const paced = left.flatMap((item): [string, number][] =>
        item.pacedUntil === null ? [] : [[item.entry.alert.id, item.pacedUntil]],
      );
      const outcome: Outcome = {
        done: ids(done),
        again: ids(left.filter(({ failed }) => failed)),
        paced: new Map(paced),
        goesOn: ids(left.filter(({ goesOn }) => goesOn)),
      };
      for (const item of done) {
        const { alert } = item.entry;
        await store.ledger.putRecord(toldRecord({ alert, sentTo: [...item.sentTo], dead: [...item.dead] }, now()));
      }
      await changeCause(
        store,
        cls,
        subject,
        (stands) => stands && armed(released(stands, outcome, now()), waits, now()),
      );
    },
  };
}
