/** Outbox queue → the messages that incidents owe, to the operators' topics and to the channels and contacts of the customers file. A wake-up carries nothing: what is owed stands with the causes. */

import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { proof } from "../lib/judge/bear-out.ts";
import { defaultEscalationMs, type SmtpSettings } from "../lib/model/notify-settings.ts";
import { defaultPolicy } from "../lib/model/policy.ts";
import type { Channel } from "../lib/model/ports.ts";
import { loadRoots } from "../lib/protocols/x509/roots.ts";
import { withDrillNotes } from "../lib/steps/drill/stamp.ts";
import { policyDigest } from "../lib/steps/judged-with.ts";
import { type NotifyWorld, notify } from "../lib/steps/notify.ts";
import { tellTest } from "../lib/steps/tell-test.ts";
import { tellWeek } from "../lib/steps/tell-week.ts";
import { unsubscribeLinks } from "../lib/steps/unsubscribe-link.ts";
import { contactMail, operatorChannels, secondChannels } from "../lib/world/channels/configured.ts";
import { createSmsChannel } from "../lib/world/channels/sms.ts";
import type { Mailer } from "../lib/world/channels/smtp.ts";
import { createPhoneChannel, createSnsChannel, createSnsClient } from "../lib/world/channels/sns.ts";
import { systemClock } from "../lib/world/clock.ts";
import { type EnvironmentKey, fromEnvironment, intervalMs, optionalFromEnvironment } from "../lib/world/environment.ts";
import { sendJobs, wakeNotify } from "./clients.ts";
import { heartbeat, log, measure } from "./log.ts";
import { traceOfWakeUp } from "./messages.ts";
import { once } from "./once.ts";
import { store } from "./store.ts";

const sns = once(createSnsClient);

const topics = once((): readonly Channel[] => [
  createSnsChannel(sns(), fromEnvironment("topic"), "sns:operators"),
  ...present("phones", (arn) => createPhoneChannel(sns(), arn, "sns:phones")),
]);

const secondTopics = once((): readonly Channel[] => [
  ...present("second", (arn) => createSnsChannel(sns(), arn, "sns:second")),
  ...present("secondPhones", (arn) => createPhoneChannel(sns(), arn, "sns:second-phones")),
]);

function present<T>(key: EnvironmentKey, of: (value: string) => T): readonly T[] {
  const value = optionalFromEnvironment(key);
  return value === null ? [] : [of(value)];
}

/** Of the same runtime that the looks are made by. */
const roots = once(() => loadRoots());

/** Loaded only where there is one. */
async function relayOf(smtp: SmtpSettings): Promise<Mailer> {
  const { createMailer } = await import("../lib/world/channels/smtp.ts");
  return createMailer(smtp, roots().pems);
}

/** Settings are read anew each time: an import changes them. */
async function world(): Promise<NotifyWorld> {
  const baseUrl = fromEnvironment("statusUrl");
  const all = await store().config.settings();
  const { notify: settings, policy } = all;
  const mailer = settings.smtp === null ? null : await relayOf(settings.smtp);
  const linkOf = await unsubscribeLinks(store().state, mailer === null ? null : baseUrl);
  const channels = { now: systemClock, mailer, baseUrl };
  return withDrillNotes({
    store: store(),
    now: systemClock,
    grouping: { policy: { ...defaultPolicy, ...policy }, everyMs: intervalMs() },
    judgedWith: { policy: policyDigest(all), roots: roots().digest, build: fromEnvironment("build") },
    tellsShared: settings.shared,
    operators: [...topics(), ...operatorChannels(settings, channels)],
    secondOperators: [
      ...secondChannels(settings, channels),
      ...secondTopics().map((channel) => ({ after: settings.escalate?.after ?? defaultEscalationMs, channel })),
    ],
    // By the relay and by phone, so that a fleet may have more of them than a topic has filters; others subscribe to it: docs/aws.md.
    contactChannels: (contact, customer) => [
      ...contactMail(mailer, contact, customer, linkOf),
      ...(contact.sms === null ? [] : [createSmsChannel(sns(), contact.sms)]),
    ],
    alertLog: null,
    baseUrl,
  });
}

/** However many wake-ups come at once, one pass over the outboxes answers them all. */
export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  const telling = await world();
  const { sent, later, dead, unheard, jobs } = await notify(telling);
  await sendJobs(jobs);
  // The look's answer wakes it sooner; unanswered, the message leaves all the same, and not at the minute's tick.
  if (jobs.length > 0) await wakeNotify({ delaySeconds: Math.ceil(proof.answeredWithinMs / 1_000) + 1 });
  for (const { id, to, traces } of sent) log("notify", "info", "told", { id, to, traces });
  for (const { id, to, why, traces } of later) log("notify", "error", `not told yet: ${why}`, { id, to, traces });
  for (const { id, to, why, traces } of dead) log("notify", "error", `will never be told: ${why}`, { id, to, traces });
  for (const id of unheard) log("notify", "error", "reached nobody", { id });
  for (const to of await tellWeek({ ...telling, everyMs: intervalMs() }))
    log("notify", "info", "told the week", { to });
  for (const to of await tellTest(telling)) log("notify", "info", "took the monthly test", { to });
  measure("FailedPublishes", later.length);
  measure("DeadMessages", dead.length);
  const traces = [...new Set(event.Records.flatMap(({ body }) => traceOfWakeUp(body) ?? []))];
  const counts = { records: event.Records.length, sent: sent.length, later: later.length, dead: dead.length };
  log("notify", "info", "batch", { ...counts, traces });
  heartbeat("notify");
  return { batchItemFailures: [] };
}
