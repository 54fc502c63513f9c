/**
 * The few questions that a grade needs: which versions there are, and of suites and groups the worst only. Asked is for
 * what would be worse, to anybody who judges, than all that was seen; when it is refused, the worst is known.
 */

import type { Chosen } from "../tls/flight.ts";
import { groups as everyGroup } from "../tls/groups.ts";
import { olderGroups } from "../tls/hello.ts";
import { suites as everySuite, suiteByCode } from "../tls/suites.ts";
import { finiteGroupOf, isDhe, withoutFinite } from "./finite-groups.ts";
import { type Answer, type Inquiry, type Question, versions } from "./question.ts";
import { groupOf } from "./suites-of-13.ts";

/** For each that judges how bad it is; more is worse. */
type Badness = (code: number) => readonly number[];

export interface Judges {
  readonly suite: Badness;
  readonly group: Badness;
}

export interface Graded {
  /** Accepted, newest first, each with the suites that were seen. */
  readonly spoken: readonly { readonly version: number; readonly suites: readonly number[] }[];
  readonly groups: readonly number[];
  /** It dropped a hello that names TLS 1.3 beside TLS 1.2. */
  readonly dropped: boolean;
  readonly incomplete: string | null;
}

const newer = everySuite.filter(({ tls13 }) => tls13).map(({ code }) => code);
const older = everySuite.filter(({ tls13 }) => !tls13).map(({ code }) => code);
const newerGroups = everyGroup.map(({ code }) => code);

export function* graded(judges: Judges): Inquiry<Graded> {
  const spoken = new Map<number, number[]>();
  const groups: number[] = [];
  /** Offered up to TLS 1.2 with all groups, and not chosen from. */
  const refused = new Set<number>();
  /** A prime was seen that the client's groups name. */
  let isNamed = false;
  let dropped = false;
  let incomplete: string | null = null;
  const done = (): Graded => ({
    spoken: [...spoken].sort(([a], [b]) => b - a).map(([version, suites]) => ({ version, suites })),
    groups,
    dropped,
    incomplete,
  });

  /** What it chose; null where it refused, or can't be asked any more. */
  function* choiceOf(question: Question): Generator<Question, Chosen | null, Answer> {
    const answer = yield question;
    if (answer.kind === "unasked") incomplete = answer.how;
    if (answer.kind !== "chosen") {
      const isOfSuites = question.groups === olderGroups && spoken.has(question.version);
      if (isOfSuites) for (const code of question.suites) refused.add(code);
      return null;
    }
    isNamed ||= finiteGroupOf(answer) !== null;
    const { version, suite } = answer.hello;
    const known = spoken.get(version) ?? [];
    if (!known.includes(suite)) spoken.set(version, [...known, suite]);
    const group = version === versions.tls13 ? groupOf(answer) : answer.key.code;
    if (group !== null && !groups.includes(group)) groups.push(group);
    return answer;
  }

  /** Versions: each answer says which is the highest that is left. */
  const first = yield* choiceOf({ ...plain(versions.tls13, [...newer, ...older], newerGroups), fallback: true });
  if (incomplete !== null) return done();
  dropped = first === null;
  for (let version: number = versions.tls12; version >= versions.ssl3; ) {
    const answer = yield* choiceOf(plain(version, older, olderGroups));
    if (incomplete !== null) return done();
    // Who drops hellos that name a newer version than it knows is asked for each.
    if (answer === null && spoken.size > 0) break;
    version = (answer?.hello.version ?? version) - 1;
  }

  for (const version of [...spoken.keys()].sort((a, b) => b - a)) {
    const [suites, of] = version === versions.tls13 ? [newer, newerGroups] : [older, olderGroups];
    for (;;) {
      const seen = [...spoken.values()].flat();
      const worse = worseThan(seen, suites, judges.suite);
      if (worse.length === 0) break;
      const answer = yield* choiceOf(plain(version, worse, of));
      if (incomplete !== null) return done();
      if (answer === null || answer.hello.version !== version || !worse.includes(answer.hello.suite)) break;
    }
    const elliptic = version === versions.tls13 ? newer : older.filter(isEcdhe);
    for (let before = -1; before !== groups.length; ) {
      const worse = worseThan(groups, of, judges.group);
      if (worse.length === 0) break;
      before = groups.length;
      yield* choiceOf(plain(version, elliptic, worse));
      if (incomplete !== null) return done();
    }
  }
  const olderOnes = [...spoken.keys()].filter((version) => version < versions.tls13).sort((a, b) => a - b);
  const left = (some: (code: number) => boolean) => older.filter((code) => some(code) && !refused.has(code));
  /** Makes it choose one of these, where it hasn't yet. */
  function* show(some: (code: number) => boolean, version: number | undefined) {
    if (version === undefined || incomplete !== null || left(some).length === 0) return;
    if ([...spoken.values()].flat().some(some)) return;
    yield* choiceOf(plain(version, left(some), olderGroups));
  }
  // The third kind of certificate, which TLS 1.2 often has no signature for, and the size of its prime.
  yield* show(isDss, olderOnes[0]);
  yield* show(isDhe, olderOnes.at(-1));
  yield* show(isLooseDhe, olderOnes.at(-1));
  if (isNamed && incomplete === null) yield* choiceOf(plain(olderOnes.at(-1) ?? 0, left(isDhe), withoutFinite));
  return done();
}

/** Those that are worse, to at least one that judges, than all that was seen. */
function worseThan(seen: readonly number[], codes: readonly number[], badness: Badness): readonly number[] {
  const known = seen.map(badness);
  const isWorse = (value: number, at: number) => known.every((one) => value > (one[at] ?? 0));
  return codes.filter((code) => badness(code).some(isWorse));
}

function plain(version: number, suites: readonly number[], groups: readonly number[]): Question {
  return { version, fallback: false, suites, groups, keyShare: false };
}

const isEcdhe = (code: number): boolean => suiteByCode(code)?.keyExchange === "ecdhe";
/** Without a key of its own whose strength a prime could follow, OpenSSL takes one of 1024 bits for these. */
function isLooseDhe(code: number): boolean {
  const { authentication = "", bits = 0 } = suiteByCode(code) ?? {};
  return isDhe(code) && ["anonymous", "psk"].includes(authentication) && bits < 256;
}

const isDss = (code: number): boolean => isDhe(code) && suiteByCode(code)?.authentication === "dss";
