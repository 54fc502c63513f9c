/**
 * Suites and groups of TLS 1.3 together: a hello without a key makes the server name both in its HelloRetryRequest
 * (RFC 8446 §4.1.4), so that each answer strikes out one of each.
 */

import { Cursor } from "../tls/cursor.ts";
import type { Chosen } from "../tls/flight.ts";
import { groups as everyGroup } from "../tls/groups.ts";
import { suites as everySuite } from "../tls/suites.ts";
import { type Answer, type Inquiry, type Question, versions } from "./question.ts";
import type { AcceptedSuites } from "./suites-of.ts";

export interface Accepted13 extends AcceptedSuites {
  /** It dropped a hello that names TLS 1.3 beside TLS 1.2: whether that is intolerance is told by what else it accepts. */
  readonly dropped: boolean;
  /** It can't ask for another hello: its groups are not known but for X25519. */
  readonly keyShareOnly: boolean;
}

const suites13 = everySuite.filter(({ tls13 }) => tls13).map(({ code }) => code);
const older = everySuite.filter(({ tls13 }) => !tls13).map(({ code }) => code);
/** The usual first, so that what cuts a long list short doesn't cut these. */
const usual = [4588, 29, 23, 24, 25, 30];
const groups13 = [...usual, ...everyGroup.map(({ code }) => code).filter((code) => !usual.includes(code))];
const keyShareExtension = 51;

export function* suitesOf13(): Inquiry<Accepted13> {
  const suites: number[] = [];
  const groups: number[] = [];
  let keyShareOnly = false;
  let strays = 0;
  const done = (over: Partial<Accepted13>, end: Answer["kind"]): Accepted13 => ({
    suites,
    groups,
    instead: null,
    strayed: strays > 0,
    incomplete: null,
    end,
    dropped: false,
    keyShareOnly,
    ...over,
  });
  const without = (codes: readonly number[], known: readonly number[]) => codes.filter((code) => !known.includes(code));
  const question = (some: readonly number[], of: readonly number[], fallback = false): Question => {
    return { version: versions.tls13, fallback, suites: some, groups: of, keyShare: keyShareOnly };
  };
  /** False: it brought nothing new. */
  const learn = (answer: Chosen): boolean => {
    const group = groupOf(answer);
    const isNews = !suites.includes(answer.hello.suite) || (group !== null && !groups.includes(group));
    if (!suites.includes(answer.hello.suite)) suites.push(answer.hello.suite);
    if (group !== null && !groups.includes(group)) groups.push(group);
    return isNews;
  };

  let answer = yield question([...suites13, ...older], groups13, true);
  if (answer.kind === "unasked") return done({ incomplete: answer.how }, answer.kind);
  if (answer.kind !== "chosen") {
    const dropped = answer.kind;
    keyShareOnly = true;
    answer = yield question(suites13, groups13);
    if (answer.kind !== "chosen" || answer.hello.version !== versions.tls13) {
      keyShareOnly = false;
      return done({ dropped: true }, dropped);
    }
  }
  if (answer.hello.version !== versions.tls13) return done({ instead: answer.hello.version }, answer.kind);
  learn(answer);

  let strikesSuites = true;
  let strikesGroups = !keyShareOnly;
  while (strikesSuites || strikesGroups) {
    const some = strikesSuites ? without(suites13, suites) : suites13;
    const of = strikesGroups ? without(groups13, groups) : groups13;
    if (some.length > 0 && of.length > 0) {
      answer = yield question(some, of);
      if (answer.kind === "unasked") return done({ incomplete: answer.how }, answer.kind);
      if (answer.kind === "chosen" && learn(answer)) continue;
      if (answer.kind === "chosen" && ++strays > 2) break;
    }
    // Which of the two it ran out of isn't said: suites are asked for alone, and then groups.
    if (strikesSuites && strikesGroups) strikesGroups = false;
    else if (strikesSuites) [strikesSuites, strikesGroups] = [false, !keyShareOnly];
    else strikesGroups = false;
  }
  return done({}, answer.kind);
}

/** Of a retry the group that it wants, of a hello the one whose key it took. */
function groupOf({ hello: { extensions } }: Chosen): number | null {
  const body = extensions.get(keyShareExtension);
  if (body === undefined || body.length < 2) return null;
  return new Cursor(body).u16();
}
