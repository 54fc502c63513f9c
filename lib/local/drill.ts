/** Plays a drill from its first result to its last message, and tells how long each stage took. */

import type { Drill } from "../model/drill.ts";
import type { AlertKind, Cause, Incident, OutboxEntry } from "../model/incident.ts";
import { changeOwnDrill, presentDrill } from "../steps/drill/document.ts";
import { type DrillWorld, endDrill } from "../steps/drill/judge.ts";
import { type DelayedResults, lossOf, recoveryOf } from "../steps/drill/made-up.ts";

interface DrillStage {
  readonly what: string;
  /** Epoch ms. */
  readonly at: number;
}

export interface DrillReport {
  readonly drill: Drill;
  /** In the order of time. */
  readonly stages: readonly DrillStage[];
  /** Channels that didn't get a message in time, and why. */
  readonly missing: readonly { readonly channel: string; readonly kind: AlertKind; readonly why: string }[];
  /** What kept it from going on; null where it came to its end. */
  readonly failure: string | null;
}

export interface DrillOptions extends DrillWorld {
  /** Into the results queue. */
  readonly send: (results: readonly DelayedResults[]) => Promise<void>;
  /** What has to be done here, where no other process judges and tells. */
  readonly work: () => Promise<void>;
  /** Until one looks again. */
  readonly pause: () => Promise<void>;
  /** Ms that a channel has, from when the message may leave. */
  readonly withinMs: number;
  /** Stops it: what is open is ended. */
  readonly signal: AbortSignal;
}

/** How long a result may wait to be judged, and a judged one for what follows. */
const judgedMs = 60_000;

/** After this long a drill is over, whatever became of who began it. */
export function longestDrillMs({ confirmAfter }: DrillWorld["policy"], withinMs: number): number {
  return Math.max(0, ...confirmAfter) + 3 * judgedMs + longestWaitMs + 2 * withinMs;
}

/** Messages wait for others of the same cause. */
const longestWaitMs = 90_000;

interface Look {
  readonly drill: Drill;
  /** Of this drill: what an earlier one left behind is none of it. */
  readonly incident: Incident | null;
  readonly owed: readonly OutboxEntry[];
}

export async function playDrill(drill: Drill, options: DrillOptions): Promise<DrillReport> {
  const { store, now, policy, signal } = options;
  const stages: DrillStage[] = [];
  const missing: DrillReport["missing"][number][] = [];
  const note = (what: string, at: number) => stages.push({ what, at });

  /** Null: it did not come to pass before `deadline` (epoch ms). */
  async function until<T>(deadline: number, seen: (look: Look) => T | null): Promise<T | null> {
    for (;;) {
      await options.work();
      const present = await presentDrill(store);
      const { value: cause } = await store.state.cause("cleartext", drill.subject);
      const found = present?.id === drill.id ? seen(lookOf(present, cause)) : null;
      if (found !== null || now() >= deadline || signal.aborted) return found;
      await options.pause();
    }
  }

  async function judged(results: readonly DelayedResults[], what: string): Promise<string | null> {
    const [first] = results;
    if (first === undefined) return "there was nothing to send";
    const sentAt = now();
    note(`results of ${what} sent`, sentAt);
    await options.send(results);
    const { cycle, round } = first.results;
    const at = await until(sentAt + judgedMs, ({ drill: { judged } }) => {
      return judged.find((each) => each.cycle === cycle && each.round === round)?.at ?? null;
    });
    if (at === null) return `nobody judged the results of ${what} within ${judgedMs / 1000} s`;
    note("first of them judged", at);
    return null;
  }

  /** Who was told of `kind`, from `owedAt` on. */
  async function told(kind: AlertKind, owedAt: number): Promise<string | null> {
    // As it was owed: a try that failed puts it off as well.
    const mayLeave = await until(
      now(),
      ({ owed }) => owed.find(({ alert, attempts }) => alert.kind === kind && attempts === 0)?.notBefore ?? null,
    );
    const leaves = Math.max(owedAt, mayLeave ?? owedAt);
    if (leaves > owedAt) note("may leave, with what shares its cause", leaves);
    const tries = ({ drill: { tries } }: Look) => tries.filter((each) => each.kind === kind);
    const lacking = (look: Look) => {
      const got = new Set(tries(look).flatMap(({ channel, result }) => (result === "sent" ? [channel] : [])));
      return (look.drill.expected ?? []).filter((channel) => !got.has(channel));
    };
    await until(leaves + options.withinMs, (look) => {
      return look.drill.expected !== null && tries(look).length > 0 && lacking(look).length === 0 ? true : null;
    });
    const end = await until(now(), (look) => look);
    if (end === null) return "the drill is gone from the store";
    for (const { channel, at, result } of tries(end)) if (result === "sent") note(`told ${channel}`, at);
    for (const channel of lacking(end)) {
      const last = tries(end).find((each) => each.channel === channel);
      const waits = missing.some((each) => each.channel === channel);
      missing.push({
        channel,
        kind,
        why: last?.why ?? (waits ? "it waits for the message before" : "it gave no answer"),
      });
    }
    return end.drill.expected === null || tries(end).length === 0
      ? `nobody was told within ${options.withinMs / 1000} s`
      : null;
  }

  async function play(): Promise<string | null> {
    const loss = lossOf(drill, policy);
    const lossStuck = await judged(loss, "the loss");
    if (lossStuck !== null) return lossStuck;
    const longest = Math.max(0, ...loss.map(({ delayMs }) => delayMs));
    const openedAt = await until(drill.startedAt + longest + judgedMs, ({ incident }) => incident?.openedAt ?? null);
    if (openedAt === null) return "the loss was not confirmed";
    note("confirmed, and a message owed", openedAt);
    const openedUntold = await told("opened", openedAt);
    if (openedUntold !== null) return openedUntold;
    if (signal.aborted) return "it was interrupted";
    const goodStuck = await judged(recoveryOf(drill, policy, now()), "the recovery");
    if (goodStuck !== null) return goodStuck;
    const endedAt = await until(now() + judgedMs, ({ incident }) => incident?.endedAt ?? null);
    if (endedAt === null) return "the recovery was not confirmed";
    note("over, and a message owed", endedAt);
    return await told("recovered", endedAt);
  }

  const stuck = await play();
  const failure = signal.aborted ? "it was interrupted" : stuck;
  await endDrill(options, drill.id);
  await options.work();
  const end = (await presentDrill(store)) ?? drill;
  return { drill: end, stages: stages.sort((a, b) => a.at - b.at), missing, failure };
}

function lookOf(drill: Drill, cause: Cause | null): Look {
  // Both times are of the clock that began the drill, which isn't that of who judges.
  const incident = (cause?.incident?.since ?? 0) >= drill.startedAt ? (cause?.incident ?? null) : null;
  const owed = (cause?.outbox ?? []).filter(({ alert }) => alert.incident === incident?.id);
  return { drill, incident, owed };
}

/** The results queue of one process: its next tick takes them from the drill itself. */
export function intoDocument({ store, now }: DrillWorld, drill: Drill): DrillOptions["send"] {
  return async (results) => {
    const at = now();
    const waiting = results.map(({ results, delayMs }) => ({ results, at: at + delayMs }));
    await changeOwnDrill(store, drill.id, (stands) => ({ ...stands, waiting: [...stands.waiting, ...waiting] }));
  };
}
