/** Listens to the steps of this process, and tells the operator past store and outbox what is wrong with it: once, and once when it is over. */

import { noNotify } from "../model/notify-settings.ts";
import type { Channel, Clock } from "../model/ports.ts";
import { oldestOwedMs } from "../steps/oldest-owed.ts";
import type { Draft } from "../steps/words/letter.ts";
import type { Store } from "../store/store.ts";
import { type ChannelWorld, operatorChannels } from "../world/channels/configured.ts";
import { mailerOf } from "../world/channels/smtp.ts";
import type { Steps } from "./engine.ts";
import { createWatchdog, type StepName, type Trouble, troubleKey, unexplained } from "./watchdog.ts";
import { troubleDraft } from "./watchdog-words.ts";

export interface WatchOptions extends Omit<ChannelWorld, "mailer"> {
  /** In PEM, whom the mail relay is trusted by. */
  readonly roots: readonly string[];
  readonly store: Store;
  readonly now: Clock;
  readonly everyMs: number;
  /** Told beside the operator's channels of the settings. */
  readonly operators: readonly Channel[];
  /** Tells the checker outside; answers why it could not. */
  readonly ping: (url: string) => Promise<string | null>;
  readonly say: (line: string) => void;
}

export interface Watch {
  /** The same steps, listened to. */
  readonly steps: Steps;
  /** Asks the store, tells what is new, and the checker that a cycle is complete. One at a time. Never rejects. */
  check(): Promise<void>;
}

/** A trouble that was told, and who has its message. */
interface Told {
  readonly trouble: Trouble;
  readonly at: number;
  readonly has: Set<string>;
}

interface Ending {
  readonly draft: Draft;
  readonly lacks: Set<string>;
  readonly until: number;
}

/** Of the store, when it is asked how it is. */
const answerMs = 10_000;
/** An end that nobody could be told for this long is no news any more. */
const giveUpMs = 86_400_000;

export function watch(steps: Steps, options: WatchOptions): Watch {
  const { store, now, everyMs, say } = options;
  const dog = createWatchdog(now, everyMs);
  const told = new Map<string, Told>();
  const endings: Ending[] = [];
  let settings = noNotify;
  let checking: Promise<void> | null = null;

  async function heard<T>(step: StepName, work: () => Promise<T>): Promise<T> {
    const end = dog.began(step);
    try {
      const result = await work();
      end(null);
      return result;
    } catch (error) {
      end(error);
      throw error;
    }
  }

  async function askStore(): Promise<void> {
    try {
      const answers = Promise.all([store.config.settings(), oldestOwedMs(store, now())]);
      const [{ notify }, owedMs] = await inTime(answers);
      settings = notify;
      dog.asked({ owedMs });
    } catch (error) {
      dog.asked({ why: error instanceof Error ? error.message : String(error) });
    }
  }

  function channels(): readonly Channel[] {
    return [
      ...options.operators,
      ...operatorChannels(settings, { ...options, mailer: mailerOf(settings, options.roots) }),
    ];
  }

  /** All channels at once: one that doesn't answer holds up no other. */
  async function send(draft: Draft, to: readonly Channel[], done: (name: string) => void): Promise<void> {
    await Promise.all(
      to.map(async (channel) => {
        const delivery = await channel.deliver({ ...draft, to: channel.name });
        if (delivery.kind !== "later") done(channel.name);
      }),
    );
  }

  async function tellTroubles(): Promise<void> {
    const troubles = dog.troubles();
    const fresh = new Set(unexplained(troubles).map(troubleKey));
    for (const trouble of troubles) {
      const key = troubleKey(trouble);
      if (!told.has(key) && !fresh.has(key)) continue;
      const one = told.get(key) ?? { trouble, at: now(), has: new Set<string>() };
      if (!told.has(key)) told.set(key, one);
      const lacking = channels().filter(({ name }) => !one.has.has(name));
      await send(troubleDraft(one.trouble, one.at, null), lacking, (name) => one.has.add(name));
    }
    const keys = new Set(troubles.map(troubleKey));
    for (const [key, { trouble, at, has }] of told) {
      if (keys.has(key)) continue;
      told.delete(key);
      // Who never heard of it need not hear of its end.
      endings.push({ draft: troubleDraft(trouble, at, now()), lacks: has, until: now() + giveUpMs });
    }
    for (const { draft, lacks } of endings) {
      await send(
        draft,
        channels().filter(({ name }) => lacks.has(name)),
        (name) => lacks.delete(name),
      );
    }
    const left = endings.filter(({ lacks, until }) => lacks.size > 0 && until > now());
    endings.splice(0, endings.length, ...left);
  }

  /** Only of a process that is well: whoever asks why no ping came finds the trouble. */
  async function tellChecker(): Promise<void> {
    const url = settings.heartbeat;
    if (dog.completed() === 0 || url === null || dog.troubles().length > 0) return;
    const why = await options.ping(url);
    if (why !== null) say(`the checker at ${new URL(url).host} was not told that all is well: ${why}`);
  }

  async function once(): Promise<void> {
    await askStore();
    await Promise.all([tellTroubles(), tellChecker()]);
  }

  return {
    steps: {
      resolve: (cycle) => heard("resolve", () => steps.resolve(cycle)),
      async plan(cycle) {
        const planned = await heard("plan", () => steps.plan(cycle));
        const tasks = planned.jobs.flatMap(({ job }) => job.tasks);
        dog.planned(cycle, tasks.filter(({ identity }) => !identity).length);
        return planned;
      },
      probe: (job) => heard("probe", () => steps.probe(job)),
      scan: (job) => heard("scan", () => steps.scan(job)),
      async judge(results) {
        const jobs = await heard("judge", () => steps.judge(results));
        const { round, cycle, answers } = results;
        const looked = answers.filter(({ identity, kind }) => !identity && kind !== "not-tried");
        if (round === 0) dog.looked(cycle, looked.length);
        return jobs;
      },
      tick: () => heard("tick", () => steps.tick()),
      notify: () => heard("notify", () => steps.notify()),
    },
    check() {
      checking ??= once()
        .catch((error: unknown) => say(`the watchdog itself failed: ${String(error)}`))
        .finally(() => {
          checking = null;
        });
      return checking;
    },
  };
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${answerMs / 1000} s`)), answerMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
