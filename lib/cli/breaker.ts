/** `chainmail breaker [release|keep]`: what is held because too much opened at once, and what the operator says to it. */

import { breakerCover, isOver, isWary } from "../judge/breaker.ts";
import { idleBreaker } from "../model/breaker.ts";
import type { Cause } from "../model/incident.ts";
import { InputError } from "../model/input-error.ts";
import { defaultPolicy } from "../model/policy.ts";
import { visible } from "../protocols/printable.ts";
import { breakerOf } from "../steps/breaker-document.ts";
import { type Decided, keepHold, releaseHold } from "../steps/decide.ts";
import type { Store } from "../store/store.ts";
import { systemClock } from "../world/clock.ts";
import { withStore } from "./data.ts";
import type { ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import type { DataOptions } from "./options.ts";

interface DecisionOptions extends DataOptions {
  readonly by: string;
}

const mostShown = 200;

/** 0: nothing is held; 2: something is. */
export async function breakerCommand(options: DataOptions, io: Io): Promise<ExitCode> {
  return withStore<ExitCode>(options, async (store) => {
    const now = systemClock();
    const breaker = (await breakerOf(store)).value ?? idleBreaker;
    const { hold, wary } = breaker;
    if (hold === null || isOver(hold, now)) {
      const next = isWary(breaker, now) && wary !== null ? `; what opens until ${iso(wary.until)} will be` : "";
      io.stdout.write(`nothing is held${next}\n`);
      return 0;
    }
    const held = (await store.state.activeCauses()).filter(({ value }) => breakerCover(value, breaker, now) !== null);
    const whose = hold.by === null ? "" : `, kept by ${visible(hold.by)}`;
    io.stdout.write(`${hold.id} holds until ${iso(hold.until)}${whose}: ${hold.why}\n`);
    for (const { value } of held.slice(0, mostShown)) io.stdout.write(`  ${visible(wordsOf(value))}\n`);
    if (held.length > mostShown) io.stdout.write(`  and ${held.length - mostShown} more\n`);
    return 2;
  });
}

export async function releaseCommand(options: DecisionOptions, io: Io): Promise<ExitCode> {
  return withStore<ExitCode>(options, async (store) => {
    const { id, until, lasts } = decided(await releaseHold(await worldOf(store), options.by));
    const held = `until ${iso(until + lasts)} nothing more is held`;
    io.stdout.write(`${id} released by ${options.by}: what it held and still holds is told now, and ${held}\n`);
    return 0;
  });
}

export async function keepCommand(options: DecisionOptions & { readonly for: number }, io: Io): Promise<ExitCode> {
  return withStore<ExitCode>(options, async (store) => {
    const until = systemClock() + options.for;
    const { id } = decided(await keepHold(await worldOf(store), options.by, until));
    io.stdout.write(`${id} kept by ${options.by}: it holds until ${iso(until)}\n`);
    return 0;
  });
}

async function worldOf(store: Store) {
  const policy = { ...defaultPolicy, ...(await store.config.settings()).policy };
  return { store, policy, now: systemClock() };
}

function decided(hold: Decided): NonNullable<Decided> {
  if (hold === null) throw new InputError("nothing is held: there is nothing to decide");
  return hold;
}

function wordsOf({ class: cls, subject, context }: Cause): string {
  return `${context.host} (${subject}): ${cls}, ${context.customer ?? `${context.customers} customers`}`;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
