/**
 * Which suites a server accepts in one version up to TLS 1.2, in its own order: all are offered, the one that it chooses
 * is struck out, and so on until it refuses. Its groups are learnt on the way, by striking them out as well.
 */

import type { Chosen } from "../tls/flight.ts";
import { olderGroups } from "../tls/hello.ts";
import { suiteByCode } from "../tls/suites.ts";
import type { Answer, Inquiry, Question } from "./question.ts";

export interface AcceptedSuites {
  /** In the order chosen. */
  readonly suites: readonly number[];
  /** In the order chosen; not all where they weren't asked for. */
  readonly groups: readonly number[];
  /** It answered with this version instead; null where it didn't. */
  readonly instead: number | null;
  /** It chose what was not offered. */
  readonly strayed: boolean;
  /** Why the rest isn't known; null: all is. */
  readonly incomplete: string | null;
  /** How its last answer went. */
  readonly end: Answer["kind"];
}

export interface SuitesAsked {
  readonly version: number;
  readonly suites: readonly number[];
  /** Strike out groups too. */
  readonly groupsToo: boolean;
}

/** At most this many answers that bring nothing new: a server that ignores what is offered. */
const mostStrays = 2;

/** Without the curve of its key a server can't show an ECDSA certificate (RFC 8422 §5.1), and its order would be another. */
const certificateCurves: readonly number[] = [23, 24, 25];

export function* suitesOf({ version, suites, groupsToo }: SuitesAsked): Inquiry<AcceptedSuites> {
  const left = new Set(suites);
  const accepted: number[] = [];
  const groups: number[] = [];
  let learning = groupsToo;
  let strays = 0;

  const done = (end: Answer["kind"], over: Partial<AcceptedSuites> = {}): AcceptedSuites => {
    return { suites: accepted, groups, instead: null, strayed: strays > 0, incomplete: null, end, ...over };
  };
  const question = (some: readonly number[], of: readonly number[]): Question => {
    return { version, fallback: false, suites: some, groups: of, keyShare: false };
  };
  const unknownGroups = () => olderGroups.filter((code) => !groups.includes(code));
  /** Those that are new, and behind them what its certificate needs. */
  const newGroups = (): readonly number[] => {
    const needed = accepted.some(isEcdsa) ? groups.filter((code) => certificateCurves.includes(code)) : [];
    return [...unknownGroups(), ...needed];
  };
  /** False: it brought no new group. */
  const learnGroup = ({ key: { code } }: Chosen): boolean => {
    if (code === null || groups.includes(code)) return false;
    groups.push(code);
    return true;
  };

  let end: Answer["kind"] = "chosen";
  while (left.size > 0 && strays < mostStrays) {
    const of = learning ? newGroups() : olderGroups;
    const answer = yield question([...left], of);
    end = answer.kind;
    if (answer.kind === "unasked") return done(end, { incomplete: answer.how });
    const isShort = of.length < olderGroups.length;
    const isChoice = answer.kind === "chosen";
    if (isChoice && answer.hello.version !== version) return done(end, { instead: answer.hello.version });
    // It ran out of groups, and not of suites: its order is asked for with all of them again.
    if (isShort && (!isChoice || passedOver(left, answer.hello.suite))) {
      learning = false;
      continue;
    }
    if (!isChoice) break;
    const { suite } = answer.hello;
    if (!learnGroup(answer) && isEcdhe(suite)) learning = false;
    if (!left.delete(suite)) strays++;
    if (!accepted.includes(suite)) accepted.push(suite);
  }

  // Suites that show no ECDSA certificate need no curve of its own.
  const free = accepted.filter((code) => isEcdhe(code) && !isEcdsa(code));
  const some = free.length > 0 ? free : accepted.filter(isEcdhe);
  for (let isNews = groupsToo && groups.length > 0; isNews; ) {
    const answer = yield question(some, free.length > 0 ? unknownGroups() : newGroups());
    if (answer.kind === "unasked") return done(answer.kind, { incomplete: answer.how });
    isNews = answer.kind === "chosen" && learnGroup(answer);
  }
  return done(end);
}

const isEcdhe = (code: number): boolean => suiteByCode(code)?.keyExchange === "ecdhe";
const isEcdsa = (code: number): boolean => suiteByCode(code)?.authentication === "ecdsa";

function passedOver(left: ReadonlySet<number>, chosen: number): boolean {
  return !isEcdhe(chosen) && [...left].some(isEcdhe);
}
