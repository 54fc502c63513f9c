/** Whom one process tells, and how: by the settings as they are now, since an import beside it changes them. */

import type { JudgedWith } from "../model/breaker.ts";
import { defaultPolicy } from "../model/policy.ts";
import type { AlertLog, Channel, Clock } from "../model/ports.ts";
import { withDrillNotes } from "../steps/drill/stamp.ts";
import { policyDigest } from "../steps/judged-with.ts";
import type { NotifyWorld } from "../steps/notify.ts";
import { unsubscribeLinks } from "../steps/unsubscribe-link.ts";
import type { Store } from "../store/store.ts";
import { contactMail, operatorChannels, secondChannels } from "../world/channels/configured.ts";
import type { Texter } from "../world/channels/phones.ts";
import { mailerOf } from "../world/channels/smtp.ts";

export interface TellingOptions {
  readonly store: Store;
  readonly now: Clock;
  /** In PEM, whom the mail relay is trusted by. */
  readonly roots: readonly string[];
  /** Told of everything, beside the channels of the settings. */
  readonly operators: readonly Channel[];
  /** How contacts' phones are reached; null or left out where they aren't. */
  readonly texter?: Texter | null;
  readonly alertLog: AlertLog | null;
  readonly baseUrl: string | null;
  /** Null: nothing is grouped, as for a drill. */
  readonly everyMs: number | null;
  /** What it is judged with beside the settings. */
  readonly judgedWith?: Omit<JudgedWith, "policy">;
}

export async function tellingWorld(options: TellingOptions): Promise<NotifyWorld> {
  const { store, now, roots, texter = null, alertLog, baseUrl, everyMs } = options;
  const all = await store.config.settings();
  const { notify: settings, policy } = all;
  const mailer = mailerOf(settings, roots);
  const linkOf = await unsubscribeLinks(store.state, mailer === null ? null : baseUrl);
  const channels = { now, mailer, baseUrl };
  return withDrillNotes({
    store,
    now,
    ...(everyMs !== null && { grouping: { policy: { ...defaultPolicy, ...policy }, everyMs } }),
    ...(options.judgedWith && { judgedWith: { ...options.judgedWith, policy: policyDigest(all) } }),
    tellsShared: settings.shared,
    operators: [...options.operators, ...operatorChannels(settings, channels)],
    secondOperators: secondChannels(settings, channels),
    contactChannels: (contact, customer) => [
      ...contactMail(mailer, contact, customer, linkOf),
      ...(contact.sms === null || texter === null ? [] : [texter(contact.sms)]),
    ],
    alertLog,
    baseUrl,
  });
}
