/**
 * What came back of scans. The answers are kept while a scan is under way, what it found once it is at its end and differs
 * from before; a scan whose answers are all as they were writes nothing. Each write can be done again.
 */

import { scanChanges } from "../judge/inventory.ts";
import {
  type Exhibits,
  noExhibits,
  type ScanAnswer,
  type ScanChange,
  type ScanMemory,
  type ScanProgress,
  type ScanResult,
  type ScanResults,
  type Throttled,
  type Trail,
} from "../model/deep-scan.ts";
import type { Clock } from "../model/ports.ts";
import type { RosterEntry, Slice } from "../model/roster.ts";
import type { Scan } from "../model/scan.ts";
import { type TargetKey, targetKey } from "../model/target.ts";
import { assemble, mostAnswers } from "../protocols/scan/resume.ts";
import type { Store, Versioned } from "../store/store.ts";
import { eachAtOnce } from "./at-once.ts";
import { changeMemory, type MemoryChange } from "./change-memory.ts";
import { decidesByScan, sessionDigest } from "./scan-memory.ts";
import { flawsAt, programOf } from "./scan-program.ts";
import { type Keyholder, sslv2Elsewhere } from "./sslv2-keys.ts";

export interface JudgeScanWorld {
  readonly store: Store;
  readonly now: Clock;
}

type News = Extract<ScanAnswer, { kind: "news" }>;
type Same = Extract<ScanAnswer, { kind: "same" }>;

const scansAtOnce = 8;
/** A host that found us too much is left alone for so long, doubled each time up to a day. */
const firstWaitMs = 3_600_000;
const longestWaitMs = 86_400_000;

/** Answers what is found otherwise than before. */
export async function judgeScans(results: ScanResults, world: JudgeScanWorld): Promise<readonly ScanChange[]> {
  const found: ScanChange[] = [];
  const toJudge = results.answers.filter((answer) => answer.kind === "news" || isBegun(answer));
  for (const [number, some] of Map.groupBy(toJudge, ({ slice }) => slice)) {
    const slice = await world.store.state.slice(number);
    if (slice === undefined) continue;
    const memory = await world.store.state.memory(number);
    const weighed: Weighed[] = [];
    await eachAtOnce(some, scansAtOnce, async (answer) => {
      const entry = slice.entries[answer.slot];
      if (!entry || targetKey(entry.target) !== answer.target) return;
      const remembered = memory.value[answer.slot]?.scan;
      const place = { entry, slice, vantage: results.vantage, remembered };
      const one =
        answer.kind === "news" ? await weighedNews(answer, place, world) : await weighedSame(answer, place, world);
      if (one !== null) weighed.push(one);
    });
    const elsewhere = await sslv2Elsewhere(weighed.flatMap(keyholderOf), world);
    const changes = new Map<number, MemoryChange>();
    await eachAtOnce(weighed, scansAtOnce, async (one) => {
      const { own, change: told } = await kept(one, elsewhere.get(one.answer.target) ?? [], world);
      if (told !== null) found.push(told);
      for (const [slot, change] of own) {
        const before = changes.get(slot);
        changes.set(slot, before === undefined ? change : (stands) => change(before(stands)));
      }
    });
    if (changes.size > 0) await changeMemory(world.store, number, memory, changes);
  }
  return found;
}

/** Nothing new, but once a day all is asked again: then others may have its key by now. */
function isBegun(answer: ScanAnswer): answer is Same {
  return answer.kind === "same" && answer.again === 0;
}

interface Scanned {
  readonly entry: RosterEntry;
  readonly slice: Slice;
  readonly vantage: string;
  readonly remembered: ScanMemory | undefined;
}

interface Progress {
  readonly stands: Versioned<ScanProgress | null>;
  readonly next: ScanProgress;
  readonly isOver: boolean;
}

/** What an answer makes of what is known, before anything is written. */
interface Weighed {
  readonly place: Scanned;
  readonly answer: News | Same;
  readonly known: ScanResult | undefined;
  /** Null: nothing is to be said yet. */
  readonly ending: Ending | null;
  readonly progress: Progress | null;
  readonly throttled: Throttled | null;
}

interface JudgedScan {
  /** By slot. */
  readonly own: ReadonlyMap<number, MemoryChange>;
  readonly change: ScanChange | null;
}

const nothing: JudgedScan = { own: new Map(), change: null };

/** Null: it speaks of what isn't any more. */
async function weighedNews(answer: News, place: Scanned, { store }: JudgeScanWorld): Promise<Weighed | null> {
  const { entry, vantage, remembered } = place;
  const { target: key, depth, at, trail, stopped } = answer;
  // Another session was seen meanwhile, and all is asked anew.
  if (remembered !== undefined && remembered.beside !== answer.beside) return null;
  const stands = await store.state.scanProgress(key);
  // It was made of answers that others took the place of.
  if (stands.version !== answer.version) return null;
  const known = await store.state.scanResult(key);
  const beside = remembered?.beside ?? (await besideNow(store, key, vantage));
  const exhibits = exhibitsOf(trail, stands.value?.exhibits ?? noExhibits, answer.exhibits);
  const throttled = stopped?.throttled ? strike(known?.throttled ?? null, stopped.how, at) : null;
  const { scan, isOver } = await found(answer, entry, exhibits);
  return {
    place,
    answer,
    known,
    ending: endingOf(known, scan, { isOver, throttled }),
    progress: { stands, next: { depth, beside, trail, exhibits }, isOver },
    throttled,
  };
}

async function weighedSame(answer: Same, place: Scanned, { store }: JudgeScanWorld): Promise<Weighed | null> {
  const known = await store.state.scanResult(answer.target);
  if (known === undefined || known.scan === null) return null;
  return {
    place,
    answer,
    known,
    ending: { scan: known.scan, throttled: known.throttled },
    progress: null,
    throttled: null,
  };
}

function keyholderOf({ answer, known, ending }: Weighed): readonly Keyholder[] {
  return ending === null ? [] : [{ target: answer.target, before: known?.scan ?? null, scan: ending.scan }];
}

async function kept(
  { place: { entry, slice, vantage, remembered }, answer, known, ending, progress, throttled }: Weighed,
  elsewhere: readonly TargetKey[],
  { store, now }: JudgeScanWorld,
): Promise<JudgedScan> {
  const { state, ledger } = store;
  const { target: key, at, slot } = answer;
  const result = ending === null ? null : resultOf(known, ending, elsewhere, at);
  // A target that comes back is kept from expiring.
  const isBack = remembered === undefined && answer.kind === "news";
  if (result !== null && (result !== known || isBack)) {
    // The event first: after a crash in between it is told twice rather than never.
    const words = result.changed?.at === at ? result.changed.words : [];
    if (words.length > 0) await ledger.putEvent(key, { at, kind: "scan", vantage, words });
    await state.putScanResult(key, result);
  }
  if (progress !== null) {
    const { stands, next } = progress;
    if (stands.value === null || !isSame(stands.value, next)) {
      if (!(await state.putScanProgress(key, { value: next, version: stands.version }))) return nothing;
    }
  }

  // Also where it was written before a crash.
  const isNews = result !== null && result.since === at;
  const changes = new Map<number, MemoryChange>();
  changes.set(slot, (memory) => ({
    ...memory,
    ...(progress !== null && { scan: scanMemory(memory.scan, progress.next.beside, !progress.isOver) }),
    // What is accepted decides for somebody: the next look judges it.
    ...(isNews && decidesByScan(entry) && { rejudgeAt: Math.min(memory.rejudgeAt ?? at, at) }),
  }));
  if (throttled !== null) {
    const notBefore = now() + Math.min(firstWaitMs * 2 ** (throttled.strikes - 1), longestWaitMs);
    for (const [each, other] of slice.entries.entries()) {
      if (other?.target.address !== entry.target.address) continue;
      const before = changes.get(each);
      changes.set(each, (memory) => {
        const own = before?.(memory) ?? memory;
        return own.scan === undefined ? own : { ...own, scan: { ...own.scan, notBefore } };
      });
    }
  }
  const words = result?.changed?.at === at ? result.changed.words : [];
  return { own: changes, change: isNews ? { target: key, first: known?.scan == null, words } : null };
}

/** The session that a modern sender gets now. */
async function besideNow({ state }: Store, key: string, vantage: string): Promise<string> {
  const facts = (await state.target(key, vantage))?.facts;
  return facts ? sessionDigest(facts) : "";
}

async function found(answer: News, { target, names }: RosterEntry, exhibits: Exhibits) {
  const { depth, flaws, trail, stopped, at } = answer;
  const place = { target, serverName: names[0]?.name ?? null, at };
  const { scan: known, isWhole } = await assemble(
    programOf(depth),
    place,
    trail,
    exhibits,
    flawsAt(depth, flaws).map(({ name }) => name),
    stopped?.how,
  );
  const scan: Scan = stopped?.throttled && known.incomplete !== null ? { ...known, throttled: true } : known;
  return { scan, isOver: isWhole || trail.length >= mostAnswers };
}

/** What is said of the target from now on. */
interface Ending {
  readonly scan: Scan;
  readonly throttled: Throttled | null;
}

/** Null: nothing is to be said yet. The scan that is known where nothing of it changed. */
function endingOf(
  known: ScanResult | undefined,
  scan: Scan,
  { isOver, throttled }: { readonly isOver: boolean; readonly throttled: Throttled | null },
): Ending | null {
  if (!isOver && throttled === null) return null;
  const before = known?.scan ?? null;
  if (before === null) return { scan, throttled };
  // What is known so far is shown until a scan comes to its end.
  const isKept = before.incomplete === null && !isOver;
  return { scan: isKept || isSame(essence(before), essence(scan)) ? before : scan, throttled };
}

/** The very same object where nothing changed. */
function resultOf(
  known: ScanResult | undefined,
  { scan, throttled }: Ending,
  elsewhere: readonly TargetKey[],
  at: number,
): ScanResult {
  const before = known?.scan ?? null;
  const wasElsewhere = known?.sslv2Elsewhere ?? [];
  if (known !== undefined && scan === before && isSame(wasElsewhere, elsewhere)) {
    return isSame(known.throttled, throttled) ? known : { ...known, throttled };
  }
  const isFirst = before === null || before.incomplete !== null;
  const words = isFirst ? [] : scanChanges(before, scan, [wasElsewhere, elsewhere]);
  const changed = words.length > 0 ? { at, words } : (known?.changed ?? null);
  return { scan, since: at, changed, throttled, ...(elsewhere.length > 0 && { sslv2Elsewhere: elsewhere }) };
}

/** What is delivered again is no further one. */
function strike(before: Throttled | null, how: string, at: number): Throttled {
  if (before?.at === at) return before;
  return { at, how: how.slice(0, 200), strikes: Math.min((before?.strikes ?? 0) + 1, 20) };
}

function scanMemory(before: ScanMemory | undefined, beside: string, running: boolean): ScanMemory {
  if (before !== undefined && before.beside !== beside) return before;
  const notBefore = running ? (before?.notBefore ?? 0) : 0;
  return { restartedAt: before?.restartedAt ?? 0, notBefore, beside, running };
}

/** Which prime of its size is used may change whenever the server starts. */
function essence({ at: _, connections: __, primes, ...scan }: Scan) {
  return { ...scan, primes: primes.map(({ bits }) => bits) };
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Those that an answer of the trail names. */
function exhibitsOf(trail: Trail, old: Exhibits, fresh: Exhibits): Exhibits {
  const certificates = { ...old.certificates, ...fresh.certificates };
  const primes = { ...old.primes, ...fresh.primes };
  const leaves = trail.map(({ answer }) => ("leaf" in answer ? answer.leaf : null));
  return {
    certificates: named(certificates, leaves),
    primes: named(
      primes,
      trail.map(({ answer }) => (answer.kind === "chosen" ? answer.prime : null)),
    ),
  };
}

function named(all: Readonly<Record<string, string>>, digests: readonly (string | null)[]): Record<string, string> {
  const wanted = [...new Set(digests.filter((digest) => digest !== null))];
  return Object.fromEntries(wanted.flatMap((digest) => (all[digest] === undefined ? [] : [[digest, all[digest]]])));
}
