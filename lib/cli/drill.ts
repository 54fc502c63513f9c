/**
 * `chainmail drill ID`: a made-up loss and its end, from the results queue to the phone.
 *
 * Beside `chainmail up` and on AWS the running steps judge and tell, and the command only puts results into their queue
 * and watches; where nothing runs it judges and tells by itself, and of nothing but the drill.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { type DrillOptions, type DrillReport, intoDocument, longestDrillMs, playDrill } from "../local/drill.ts";
import { drillsOnly } from "../local/drills-only.ts";
import { tellingWorld } from "../local/telling.ts";
import type { Drill } from "../model/drill.ts";
import { InputError, UnavailableError } from "../model/input-error.ts";
import { defaultPolicy } from "../model/policy.ts";
import { beginDrill } from "../steps/drill/begin.ts";
import { type DrillWorld, drillTick, endDrill } from "../steps/drill/judge.ts";
import { deadAfterMs, giveSign, isAbandoned, signEveryMs } from "../steps/drill/signs.ts";
import { notify } from "../steps/notify.ts";
import { createConsoleChannel } from "../world/channels/console.ts";
import { findTexter } from "../world/channels/phones.ts";
import { systemClock } from "../world/clock.ts";
import { type ExitCode, unavailable } from "./exit.ts";
import type { Io } from "./io.ts";
import { rootsOf } from "./looking.ts";
import type { DataOptions } from "./options.ts";
import { printJson } from "./print-json.ts";
import type { DrillJson } from "./schemas.ts";

interface CommandOptions extends DataOptions {
  readonly within: number;
  readonly json?: boolean;
  readonly ca?: string;
}

/** Who judges and tells, and how results get there. */
interface Place {
  readonly world: DrillWorld;
  readonly words: string;
  readonly sendOf: (drill: Drill) => DrillOptions["send"];
  readonly work: () => Promise<void>;
  close(): Promise<void>;
}

const lookEveryMs = 500;

export async function drillCommand(id: string, options: CommandOptions, io: Io): Promise<ExitCode> {
  const place = await (options.stack === undefined ? onDisk(options, io) : onAws(options.stack));
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  let alive: NodeJS.Timeout | undefined;
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    const { world } = place;
    const lasts = longestDrillMs(world.policy, options.within);
    const first = await beginDrill(world, id, lasts);
    const begun =
      first.kind === "running" && (await isOver(world, first.drill, io)) ? await beginDrill(world, id, lasts) : first;
    if (begun.kind !== "begun") throw new InputError(refusal(id, begun));
    const { drill } = begun;
    alive = setInterval(() => void giveSign(world.store, drill.id).catch(() => {}), signEveryMs);
    if (!options.json)
      io.stdout.write(`drill ${drill.id} of ${id} (${hostOf(drill)}): nothing is wrong. ${place.words}\n`);
    const playing = playDrill(drill, {
      ...world,
      send: place.sendOf(drill),
      work: place.work,
      pause: () => sleep(lookEveryMs),
      withinMs: options.within,
      signal: stop.signal,
    });
    const report = await playing.catch((error: unknown) => {
      throw new UnavailableError(lost(drill, error));
    });
    if (options.json) printJson(jsonOf(id, report), io);
    else print(report, io);
    return codeOf(report);
  } finally {
    clearInterval(alive);
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
    await place.close();
  }
}

/** Of one whose command was killed: it is ended, and who heard of it is told so. */
async function isOver(world: DrillWorld, drill: Drill, io: Io): Promise<boolean> {
  io.stderr.write(
    `drill ${drill.id} of ${ofWhom(drill)} isn't over: waiting ${deadAfterMs / 1_000} s for a sign of its command\n`,
  );
  if (!(await isAbandoned(world, drill, () => sleep(lookEveryMs)))) return false;
  await endDrill(world, drill.id);
  io.stderr.write(`there is none: drill ${drill.id} is ended, and who heard of it is told that it was cut off\n`);
  return true;
}

async function onDisk({ data, ca, json }: CommandOptions, io: Io): Promise<Place> {
  const { openShared } = await import("../store/embedded.ts");
  const { store, joined, close } = await openShared(data);
  const { policy } = await store.config.settings();
  const world = { store, now: systemClock, policy: { ...defaultPolicy, ...policy } };
  const sendOf = (drill: Drill) => intoDocument(world, drill);
  if (joined) return { world, words: "The running process judges and tells.", sendOf, work: async () => {}, close };
  const { pems: roots } = rootsOf(ca);
  const texter = await findTexter();
  const terminal = json ? io.stderr : io.stdout;
  const operators = [createConsoleChannel((text) => terminal.write(text))];
  return {
    world,
    words: "Nothing runs on this data: this command judges and tells.",
    sendOf,
    async work() {
      await drillTick(world);
      const telling = {
        store,
        now: systemClock,
        roots,
        operators,
        texter,
        alertLog: null,
        baseUrl: null,
        everyMs: null,
      };
      await notify({ ...(await tellingWorld(telling)), store: drillsOnly(store) });
    },
    close,
  };
}

async function onAws(stack: string): Promise<Place> {
  const { openAws } = await import("../store/aws.ts");
  const { openResultsQueue } = await import("../world/results-queue.ts");
  const queue = await openResultsQueue(stack);
  const { store, close } = await openAws(stack);
  const { policy } = await store.config.settings();
  return {
    world: { store, now: systemClock, policy: { ...defaultPolicy, ...policy } },
    words: "The stack judges and tells.",
    sendOf: () => (results) =>
      queue.send(
        results.map(({ results, delayMs }) => ({
          body: JSON.stringify(results),
          delaySeconds: Math.ceil(delayMs / 1000),
        })),
      ),
    work: async () => {},
    async close() {
      queue.close();
      await close();
    },
  };
}

function lost({ id, until }: Drill, error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  return `drill ${id} can't be watched any more (${why}); whoever runs on this data goes on with it, and ends it at ${time(until)} UTC at the latest`;
}

function refusal(id: string, begun: Exclude<Awaited<ReturnType<typeof beginDrill>>, { kind: "begun" }>): string {
  switch (begun.kind) {
    case "running":
      return `a drill is running, ${begun.drill.id} of ${ofWhom(begun.drill)}, and there is one at a time: its command is at work; end it there with Ctrl-C, or wait: it is over at ${time(begun.drill.until)} UTC at the latest`;
    case "unknown":
      return `'${id}': there is no such customer, nor a target like 192.0.2.1:25 that is watched`;
    case "unwatched":
      return `'${id}': nothing of this customer is watched yet: 'chainmail up' has to look once`;
  }
}

/** 0: everybody was reached; 2: a channel was not, or not in time; 3: nobody judged, or nobody told at all. */
function codeOf({ failure, missing }: DrillReport): ExitCode {
  if (missing.length > 0) return 2;
  return failure === null ? 0 : unavailable;
}

function print({ drill, stages, missing, failure }: DrillReport, io: Io): void {
  const widest = Math.max(...stages.map(({ what }) => what.length));
  io.stdout.write(`${"stage".padEnd(widest)}  at        after\n`);
  for (const { what, at } of stages) {
    const after = ((at - drill.startedAt) / 1000).toFixed(1).padStart(7);
    io.stdout.write(`${what.padEnd(widest)}  ${time(at)} ${after} s\n`);
  }
  for (const { channel, kind, why } of missing) io.stdout.write(`not told in time: ${channel} (${kind}): ${why}\n`);
  if (failure !== null) io.stdout.write(`the drill did not come to its end: ${failure}\n`);
  else if (missing.length === 0) io.stdout.write("everybody was reached, of the loss and of its end\n");
}

function jsonOf(of: string, { drill, stages, missing, failure }: DrillReport): DrillJson {
  return {
    id: drill.id,
    of,
    startedAt: new Date(drill.startedAt).toISOString(),
    stages: stages.map(({ what, at }) => ({ what, at: new Date(at).toISOString(), afterMs: at - drill.startedAt })),
    missing: [...missing],
    failure,
  };
}

function ofWhom({ subject }: Drill): string {
  return subject.slice("drill:".length);
}

function hostOf({ entry: { names, target } }: Drill): string {
  return names[0]?.name ?? target.address;
}

/** `12:01:05`, UTC. */
function time(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}
