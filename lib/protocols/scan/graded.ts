/**
 * The few questions that a grade needs: which versions there are, and of suites and groups the worst only. Asked is for
 * what would be worse, to anybody who judges, than all that was seen; when it is refused, the worst is known. Where what
 * it chose of all isn't the best there is, it is asked once with the best first: who follows shows its own best.
 */

import type { ProtocolName } from "../../model/observation.ts";
import type { Preference } from "../../model/scan.ts";
import type { Chosen } from "../tls/flight.ts";
import { groups as everyGroup } from "../tls/groups.ts";
import { olderGroups } from "../tls/hello.ts";
import { suites as everySuite, suiteByCode } from "../tls/suites.ts";
import { finiteGroupOf, isDhe, withoutFinite } from "./finite-groups.ts";
import { type Heard, orderSeen } from "./order-seen.ts";
import { type Answer, type Inquiry, nameOf, type Question, versions } from "./question.ts";
import { groupOf, groups13 } from "./suites-of-13.ts";

/** For each that judges how bad it is; more is worse. */
export interface Judges {
  readonly suite: (code: number, version: ProtocolName) => readonly number[];
  readonly group: (code: number) => readonly number[];
}

export interface Graded {
  /** Accepted, newest first, each with the suites that were seen. */
  readonly spoken: readonly {
    readonly version: number;
    readonly suites: readonly number[];
    readonly preference: Preference | null;
  }[];
  readonly groups: readonly number[];
  /** It dropped a hello that names TLS 1.3 beside TLS 1.2. */
  readonly dropped: boolean;
  readonly incomplete: string | null;
}

const newer = everySuite.filter(({ tls13 }) => tls13).map(({ code }) => code);
const older = everySuite.filter(({ tls13 }) => !tls13).map(({ code }) => code);
const newerGroups = everyGroup.map(({ code }) => code);
/** Post-quantum first, as servers name them. */
const olderBestFirst: readonly number[] = [...olderGroups].sort((a, b) => groups13.indexOf(a) - groups13.indexOf(b));

/** Whose choice of a suite no group stands in the way of. */
const wholeGroups: readonly (readonly number[])[] = [newerGroups, olderGroups, groups13, olderBestFirst];
/** Two dozen, with SSLv2 and the other certificate: whoever took so many isn't asked for its best as well. */
const mostAsked = 22;

export function* graded(judges: Judges): Inquiry<Graded> {
  const spoken = new Map<number, number[]>();
  /** Choices of all groups. */
  const heard: (Heard & { readonly version: number })[] = [];
  const groups: number[] = [];
  /** Offered up to TLS 1.2 with all groups, and not chosen from. */
  const refused = new Set<number>();
  /** A prime was seen that the client's groups name. */
  let isNamed = false;
  let dropped = false;
  let incomplete: string | null = null;
  let asked = 0;
  const done = (): Graded => ({
    spoken: [...spoken]
      .sort(([a], [b]) => b - a)
      .map(([version, suites]) => {
        const preference = orderSeen(heard.filter((each) => each.version === version));
        return { version, suites, preference };
      }),
    groups,
    dropped,
    incomplete,
  });

  /** What it chose; null where it refused, or can't be asked any more. */
  function* choiceOf(question: Question): Generator<Question, Chosen | null, Answer> {
    asked++;
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
    if (wholeGroups.includes(question.groups)) heard.push({ version, offered: question.suites, suite });
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

  let areGroupsKnown = false;
  for (const version of [...spoken.keys()].sort((a, b) => b - a)) {
    const of = offeredIn(version);
    const badness = badnessIn(judges, version);
    for (;;) {
      const seen = [...spoken].flatMap(([each, list]) => list.map(badnessIn(judges, each)));
      const worse = beyond(seen, of.suites, badness, isMore);
      if (worse.length === 0) break;
      const answer = yield* choiceOf(plain(version, worse, of.groups));
      if (incomplete !== null) return done();
      if (answer === null || answer.hello.version !== version || !worse.includes(answer.hello.suite)) break;
    }
    // No hello of SSLv3 names groups, and the other older versions have the same.
    if (version === versions.ssl3 || areGroupsKnown) continue;
    const elliptic = version === versions.tls13 ? newer : older.filter(isEcdhe);
    for (let before = -1; before !== groups.length; ) {
      const worse = beyond(groups.map(judges.group), of.groups, judges.group, isMore);
      if (worse.length === 0) break;
      before = groups.length;
      yield* choiceOf(plain(version, elliptic, worse));
      if (incomplete !== null) return done();
    }
    areGroupsKnown = version < versions.tls13 && (spoken.get(version)?.some(isEcdhe) ?? false);
  }
  const olderOnes = [...spoken.keys()].filter((version) => version < versions.tls13).sort((a, b) => a - b);
  const left = (some: (code: number) => boolean) => older.filter((code) => some(code) && !refused.has(code));
  /** Makes it choose one of these, where it hasn't yet. */
  function* show(some: (code: number) => boolean, version: number | undefined) {
    if (version === undefined || incomplete !== null || left(some).length === 0) return;
    if ([...spoken.values()].flat().some(some)) return;
    yield* choiceOf(plain(version, left(some), olderGroups));
  }
  // The third kind of certificate, which TLS 1.2 often has no signature for, and the sizes of its primes.
  yield* show(isDss, olderOnes[0]);
  yield* show(isDhe, olderOnes.at(-1));
  yield* show((code) => isDhe(code) && !isLoose(code), olderOnes.at(-1));
  yield* show((code) => isDhe(code) && isLoose(code) && (suiteByCode(code)?.bits ?? 0) < 256, olderOnes.at(-1));
  if (isNamed && incomplete === null) yield* choiceOf(plain(olderOnes.at(-1) ?? 0, left(isDhe), withoutFinite));
  for (const version of [versions.tls13, olderOnes.at(-1)]) {
    const [chosen] = spoken.get(version ?? 0) ?? [];
    if (version === undefined || chosen === undefined || incomplete !== null || asked >= mostAsked) continue;
    const badness = badnessIn(judges, version);
    const { suites } = offeredIn(version);
    if (beyond([badness(chosen)], suites, badness, isLess).length === 0) continue;
    yield* choiceOf(bestFirst(version, suites, badness));
  }
  return done();
}

function offeredIn(version: number) {
  return version === versions.tls13 ? { suites: newer, groups: newerGroups } : { suites: older, groups: olderGroups };
}

type Badness = (code: number) => readonly number[];

function badnessIn({ suite }: Judges, version: number): Badness {
  return (code) => suite(code, nameOf(version));
}

const isMore = (one: number, other: number): boolean => one > other;
const isLess = (one: number, other: number): boolean => one < other;

/** Those that are worse, or better, to at least one that judges, than all that was seen. */
function beyond(
  seen: readonly (readonly number[])[],
  codes: readonly number[],
  badness: Badness,
  is: typeof isMore,
): readonly number[] {
  return codes.filter((code) => badness(code).some((value, at) => seen.every((one) => is(value, one[at] ?? 0))));
}

function bestFirst(version: number, suites: readonly number[], badness: Badness): Question {
  const total = (code: number) => badness(code).reduce((sum, value) => sum + value, 0);
  const sorted = suites.toReversed().sort((a, b) => total(a) - total(b));
  return plain(version, sorted, version === versions.tls13 ? groups13 : olderBestFirst);
}

function plain(version: number, suites: readonly number[], groups: readonly number[]): Question {
  return { version, fallback: false, suites, groups, keyShare: false };
}

const isEcdhe = (code: number): boolean => suiteByCode(code)?.keyExchange === "ecdhe";

/** Without a key of its own, whose strength a prime could follow: OpenSSL's then follows the cipher, from 1024 bits up to 3072. */
function isLoose(code: number): boolean {
  return ["anonymous", "psk"].includes(suiteByCode(code)?.authentication ?? "");
}

const isDss = (code: number): boolean => isDhe(code) && suiteByCode(code)?.authentication === "dss";
