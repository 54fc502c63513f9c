/** Whom one process tells, and how: by the settings as they are now, since an import beside it changes them. */

import { defaultPolicy } from "../model/policy.ts";
import type { AlertLog, Channel, Clock } from "../model/ports.ts";
import { withDrillNotes } from "../steps/drill/stamp.ts";
import type { NotifyWorld } from "../steps/notify.ts";
import type { Store } from "../store/store.ts";
import { mailChannels, operatorChannels, secondChannels } from "./channels.ts";

export interface TellingOptions {
  readonly store: Store;
  readonly now: Clock;
  /** In PEM, whom the mail relay is trusted by. */
  readonly roots: readonly string[];
  /** Told of everything, beside the channels of the settings. */
  readonly operators: readonly Channel[];
  readonly alertLog: AlertLog | null;
  readonly baseUrl: string | null;
  /** Null: nothing is grouped, as for a drill. */
  readonly everyMs: number | null;
}

export async function tellingWorld(options: TellingOptions): Promise<NotifyWorld> {
  const { store, now, roots, alertLog, baseUrl, everyMs } = options;
  const { notify: settings, policy } = await store.config.settings();
  return withDrillNotes({
    store,
    now,
    ...(everyMs !== null && { grouping: { policy: { ...defaultPolicy, ...policy }, everyMs } }),
    tellsShared: settings.shared,
    operators: [...options.operators, ...operatorChannels(settings, { now, roots, baseUrl })],
    secondOperators: secondChannels(settings, { now, roots, baseUrl }),
    contactChannels: ({ email }) => (email === null ? [] : mailChannels(settings, [email], roots)),
    alertLog,
    baseUrl,
  });
}
