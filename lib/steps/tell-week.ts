/** Tells the operators once a week what it was like, where they chose that, however often it is asked to. */

import { lastWeekly } from "../judge/weekly.ts";
import type { Channel, Clock } from "../model/ports.ts";
import type { Store, Versioned } from "../store/store.ts";
import { weekBefore } from "./week.ts";
import { weekDraft } from "./words/week.ts";

export interface WeekWorld {
  readonly store: Store;
  readonly now: Clock;
  readonly everyMs: number;
  readonly operators: readonly Channel[];
  readonly baseUrl: string | null;
}

/** Kept as the document `week`. */
interface Told {
  /** The week's own time, epoch ms. */
  readonly due: number;
  readonly done: boolean;
  /** Nobody else tells before, epoch ms. */
  readonly until: number;
  readonly sentTo: readonly string[];
}

const name = "week";
const leaseMs = 300_000;
/** Later than this it is no news any more. */
const longestLateMs = 86_400_000;
/** A pager is for what has to be done now. */
const pagers = /^(pagerduty|sms):/;

/** Names of the channels that were told now. A crash repeats it to one of them at most. */
export async function tellWeek(world: WeekWorld): Promise<readonly string[]> {
  const { store, now, operators } = world;
  const { weekly } = (await store.config.settings()).notify;
  if (weekly === null) return [];
  const due = lastWeekly(weekly, now());
  const read = await store.state.document<Told>(name);
  // Whoever has just chosen it is told from the next week on.
  const isPast = read.value === null || now() - due > longestLateMs;
  if (read.value !== null && read.value.due >= due && (read.value.done || read.value.until > now())) return [];
  const sentTo = read.value?.due === due ? read.value.sentTo : [];
  const claim: Told = { due, done: isPast, until: now() + leaseMs, sentTo };
  if (!(await store.state.putDocument(name, { value: claim, version: read.version })) || isPast) return [];
  const channels = operators.filter((channel) => !pagers.test(channel.name) && !sentTo.includes(channel.name));
  return await tell(world, channels, { value: claim, version: read.version + 1 });
}

async function tell(
  { store, now, everyMs, baseUrl }: WeekWorld,
  channels: readonly Channel[],
  claimed: Versioned<Told>,
): Promise<readonly string[]> {
  const draft = weekDraft(await weekBefore(store, now(), everyMs), now(), baseUrl);
  const told: string[] = [];
  let { value, version } = claimed;
  for (const channel of channels) {
    const delivery = await channel.deliver({ ...draft, to: channel.name });
    if (delivery.kind === "sent") told.push(channel.name);
    if (delivery.kind === "later") continue;
    value = { ...value, sentTo: [...value.sentTo, channel.name], until: now() + leaseMs };
    if (!(await store.state.putDocument(name, { value, version }))) return told;
    version += 1;
  }
  const done = channels.every((channel) => value.sentTo.includes(channel.name));
  if (done) await store.state.putDocument(name, { value: { ...value, done }, version });
  return told;
}
