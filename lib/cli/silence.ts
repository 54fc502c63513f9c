/** `chainmail silence add|list|remove`: when nobody is to be told. Maintenance windows stand in the customers file. */

import { randomBytes } from "node:crypto";
import { readDuration, readMoment, readPlace } from "../customers/values.ts";
import { nextBegin } from "../judge/cover.ts";
import type { IncidentClass } from "../model/incident.ts";
import { InputError } from "../model/input-error.ts";
import { type Coverage, longestSilenceMs, type MaintenanceWindow, type Silence } from "../model/silence.ts";
import { releaseHeld } from "../steps/release.ts";
import type { Store } from "../store/store.ts";
import { systemClock } from "../world/clock.ts";
import { withStore } from "./data.ts";
import type { ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import type { DataOptions } from "./options.ts";
import { printJson } from "./print-json.ts";
import type { SilencesJson } from "./schemas.ts";

interface AddOptions extends DataOptions {
  readonly customer?: string;
  readonly host?: string;
  readonly class?: IncidentClass;
  readonly reason: string;
  readonly by: string;
  readonly for?: string;
  readonly until?: string;
}

const longestText = 200;

export async function addCommand(options: AddOptions, io: Io): Promise<ExitCode> {
  const now = systemClock();
  const covers = coverageOf(options);
  const until = endOf(options, now);
  const reason = plainText("--reason", options.reason);
  const by = plainText("--by", options.by);
  return withStore<ExitCode>(options, async ({ config }) => {
    if (covers.customer !== null && (await config.customer(covers.customer)) === undefined)
      throw new InputError(
        `--customer: '${covers.customer}': there is no such customer, see 'chainmail customers list'`,
      );
    const id = `S-${randomBytes(3).toString("hex").toUpperCase()}`;
    await config.putSilence({ id, covers, reason, by, from: now, until });
    // What is over is in the record, with what it held back.
    for (const old of await config.silences()) if (old.until <= now) await config.removeSilence(old.id);
    io.stdout.write(`${id} silences ${coverageWords(covers)} until ${iso(until)}: ${reason}\n`);
    return 0;
  });
}

export async function listCommand(options: DataOptions & { readonly json?: boolean }, io: Io): Promise<ExitCode> {
  return withStore<ExitCode>(options, async ({ config }) => {
    const now = systemClock();
    const silences = (await config.silences()).filter(({ until }) => until > now).sort((a, b) => a.until - b.until);
    const { windows } = await config.settings();
    if (options.json) printJson(silencesJson(silences, windows, now), io);
    else if (silences.length + windows.length === 0) io.stdout.write("no silences, no maintenance windows\n");
    else for (const line of lines(silences, windows, now)) io.stdout.write(`${line}\n`);
    return 0;
  });
}

function* lines(silences: readonly Silence[], windows: readonly MaintenanceWindow[], now: number): Generator<string> {
  for (const { id, covers, until, by, reason } of silences)
    yield `${id.padEnd(16)} ${coverageWords(covers)}, until ${iso(until)}, by ${by}: ${reason}`;
  for (const { id, covers, times, reason } of windows) {
    const next = nextBegin(times, now);
    yield `${id.padEnd(16)} ${coverageWords(covers)}, ${next === null ? "begins no more" : `next ${iso(next)}`}, of the customers file: ${reason}`;
  }
}

function silencesJson(silences: readonly Silence[], windows: readonly MaintenanceWindow[], now: number): SilencesJson {
  return {
    silences: silences.map(({ from, until, ...rest }) => ({ ...rest, from: iso(from), until: iso(until) })),
    windows: windows.map(({ id, covers, reason, times }) => {
      const next = nextBegin(times, now);
      return { id, covers, reason, next: next === null ? null : iso(next) };
    }),
  };
}

export async function removeCommand(id: string, options: DataOptions, io: Io): Promise<ExitCode> {
  return withStore<ExitCode>(options, async (store) => {
    if (!(await store.config.removeSilence(id.toUpperCase()))) throw new InputError(await unknown(store, id));
    await releaseHeld(store, systemClock);
    io.stdout.write(`${id.toUpperCase()} removed: what it held back and still holds is told now\n`);
    return 0;
  });
}

async function unknown({ config }: Store, id: string): Promise<string> {
  const { windows } = await config.settings();
  return windows.some((window) => window.id === id)
    ? `'${id}' is a maintenance window: take it out of the customers file and import that`
    : `'${id}': there is no such silence, see 'chainmail silence list'`;
}

function coverageOf(options: AddOptions): Coverage {
  const { host } = options;
  const customer = options.customer ?? null;
  const cls = options.class ?? null;
  if (customer === null && host === undefined && cls === null)
    throw new InputError("a silence needs something to cover: --customer, --host or --class, or several of them");
  if (host === undefined) return { customer, host: null, class: cls };
  const place = readPlace(host);
  if ("expected" in place) throw new InputError(`--host: '${host}': expected ${place.expected}`);
  return { customer, host: place.value, class: cls };
}

function endOf(options: AddOptions, now: number): number {
  const given = options.for ?? options.until;
  if (given === undefined || (options.for !== undefined && options.until !== undefined))
    throw new InputError("a silence needs an end: either --for (like 4h or 2d) or --until (like 2026-12-01T22:00Z)");
  const name = options.for === undefined ? "--until" : "--for";
  const read = options.for === undefined ? readMoment(given) : readDuration(given);
  if ("expected" in read) throw new InputError(`${name}: '${given}': expected ${read.expected}`);
  const until = options.for === undefined ? read.value : now + read.value;
  if (until <= now) throw new InputError(`${name}: '${given}': that is over already`);
  if (until - now > longestSilenceMs) throw new InputError(`${name}: '${given}': a silence ends within 90 days`);
  return until;
}

function plainText(name: string, text: string): string {
  const plain = text.trim();
  if (plain === "" || plain.length > longestText || /\p{C}/u.test(plain))
    throw new InputError(`${name}: expected 1 to ${longestText} characters on one line`);
  return plain;
}

/** `cleartext of mx1.acme.example, customer acme`. */
function coverageWords({ customer, host, class: cls }: Coverage): string {
  const place = host === null ? [] : [`of ${host}`];
  const whose = customer === null ? [] : [`of customer ${customer}`];
  return [cls ?? "everything", ...place, ...whose].join(" ");
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
