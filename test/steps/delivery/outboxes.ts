/** Causes that owe, in a store of their own, and a notify that tells them. */

import { afterAll, beforeAll, beforeEach } from "vitest";
import type { Cause, OutboxEntry } from "../../../lib/model/incident.ts";
import { type NotifyWorld, notify } from "../../../lib/steps/notify.ts";
import { type EmbeddedStore, openEmbedded } from "../../../lib/store/embedded.ts";
import type { Store } from "../../../lib/store/store.ts";
import { noon, openCause } from "../../fakes/causes.ts";

const second = 1_000;
export const minute = 60 * second;

export interface Outboxes {
  now: number;
  readonly store: Store;
  /** Puts a cause that owes these messages, of a fresh subject unless it has one. */
  owing(entries: readonly OutboxEntry[], over?: Partial<Cause>): Promise<string>;
  cause(subject: string): Promise<Cause | null>;
  /** One pass. */
  pass(over?: Partial<NotifyWorld>): ReturnType<typeof notify>;
}

/** A fresh store for each test. */
export function createOutboxes(): Outboxes {
  let embedded: EmbeddedStore;
  let subjects = 0;
  beforeAll(async () => {
    embedded = await openEmbedded(null);
  });
  afterAll(() => embedded.close());
  beforeEach(async () => {
    outboxes.now = noon + 2 * minute;
    await embedded.close();
    embedded = await openEmbedded(null);
  });

  const outboxes: Outboxes = {
    now: 0,
    get store() {
      return embedded.store;
    },
    async owing(entries, over = {}) {
      const subject = over.subject ?? `192.0.2.${++subjects}:25`;
      const outbox = entries.map((entry) => ({ ...entry, alert: { ...entry.alert, subject } }));
      await embedded.store.state.putCause({ value: openCause(outbox, { ...over, subject }), version: 0 });
      return subject;
    },
    cause: async (subject) => (await embedded.store.state.cause("cleartext", subject)).value,
    pass: (over = {}) => {
      const world = { operators: [], contactChannels: () => [], alertLog: null, baseUrl: null, ...over };
      return notify({ store: embedded.store, now: () => outboxes.now, ...world });
    },
  };
  return outboxes;
}
