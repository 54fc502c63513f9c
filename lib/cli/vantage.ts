/** `chainmail vantage list|trust`: whose eyes are believed. */

import { trusted } from "../judge/sight.ts";
import { defaultVantage } from "../model/customer.ts";
import { InputError } from "../model/input-error.ts";
import { defaultPolicy } from "../model/policy.ts";
import type { Sight } from "../model/sight.ts";
import { visible } from "../protocols/printable.ts";
import { releaseHeld } from "../steps/release.ts";
import { tellSight } from "../steps/sight.ts";
import { sightOf, sightSubject } from "../steps/sight-of.ts";
import type { Store } from "../store/store.ts";
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
    const { value, version } = await store.state.document<Sight>(sightSubject(id));
    const next = trusted(value, options.by, now + options.for, now);
    if (!(await store.state.putDocument(sightSubject(id), { value: next, version })))
      throw new InputError(`'${id}' was judged at this very moment: try again`);
    const policy = { ...defaultPolicy, ...(await store.config.settings()).policy };
    await tellSight(id, next, (await store.state.lastCycle())?.cycle ?? 0, { store, policy, now });
    await releaseHeld(store, systemClock);
    io.stdout.write(`${id} is believed until ${new Date(next.trustedUntil).toISOString()}, by ${options.by}\n`);
    return 0;
  });
}

async function vantagesIn({ config }: Store): Promise<readonly string[]> {
  return [defaultVantage, ...(await config.settings()).vantages.map(({ id }) => id)];
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
