/** `chainmail vantage list|trust`: whose eyes are believed. */

import { trusted } from "../judge/sight.ts";
import { InputError } from "../model/input-error.ts";
import { defaultPolicy } from "../model/policy.ts";
import type { Sight } from "../model/sight.ts";
import { visible } from "../protocols/printable.ts";
import { vantagesIn } from "../steps/outlook.ts";
import { followUp } from "../steps/sight-follow.ts";
import { changeSight, sightOf } from "../steps/sight-of.ts";
import { systemClock } from "../world/clock.ts";
import { withStore } from "./data.ts";
import type { ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import type { DataOptions } from "./options.ts";

/** 0: all see; 2: one is blind. */
export async function vantagesCommand(options: DataOptions, io: Io): Promise<ExitCode> {
  return withStore<ExitCode>(options, async (store) => {
    let blind = false;
    for (const id of await vantagesIn(store)) {
      const sight = await sightOf(store, id);
      blind ||= sight?.state === "blind";
      io.stdout.write(`${id.padEnd(16)} ${visible(wordsOf(sight))}\n`);
    }
    return blind ? 2 : 0;
  });
}

interface TrustOptions extends DataOptions {
  readonly by: string;
  /** Milliseconds. */
  readonly for: number;
}

export async function trustCommand(id: string, options: TrustOptions, io: Io): Promise<ExitCode> {
  return withStore<ExitCode>(options, async (store) => {
    const known = await vantagesIn(store);
    if (!known.includes(id)) throw new InputError(`'${id}': there is no such vantage, expected ${known.join(" or ")}`);
    const now = systemClock();
    const next = await changeSight(store, id, (sight) => trusted(sight, options.by, now + options.for, now));
    const policy = { ...defaultPolicy, ...(await store.config.settings()).policy };
    const cycle = (await store.state.lastCycle())?.cycle ?? 0;
    await followUp(id, next, { cycle, isAsked: () => false }, { store, policy, everyMs: 0, now });
    io.stdout.write(`${id} is believed until ${new Date(next.trustedUntil).toISOString()}, by ${options.by}\n`);
    return 0;
  });
}

function wordsOf(sight: Sight | null): string {
  if (sight === null || sight.state === "sighted") {
    const trust =
      sight?.trustedBy === null || sight === null
        ? ""
        : `, believed until ${iso(sight.trustedUntil)} by ${sight.trustedBy}`;
    return `sees${trust}`;
  }
  return `${sight.state} since ${iso(sight.since)}: ${sight.why}`;
}

const iso = (at: number): string => new Date(at).toISOString();
