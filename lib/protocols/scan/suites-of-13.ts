/**
 * Suites and groups of TLS 1.3: a hello without a key makes the server name both in its HelloRetryRequest
 * (RFC 8446 §4.1.4); what it names is struck out, and it is asked again.
 */

import { canOpen } from "../tls/chain.ts";
import { Cursor } from "../tls/cursor.ts";
import type { Chosen } from "../tls/flight.ts";
import { groups as everyGroup } from "../tls/groups.ts";
import { sharedGroups } from "../tls/key-share.ts";
import { newestSignatures, signatureSigner } from "../tls/signatures.ts";
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
export const groups13: readonly number[] = [
  ...usual,
  ...everyGroup.map(({ code }) => code).filter((code) => !usual.includes(code)),
];
const keyShareExtension = 51;

export function* suitesOf13(): Inquiry<Accepted13> {
  const suites: number[] = [];
  const groups: number[] = [];
  let keyShareOnly = false;
  let strayed = false;
  const done = (over: Partial<Accepted13>): Accepted13 => ({
    suites,
    groups,
    instead: null,
    strayed,
    incomplete: null,
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
  if (answer.kind === "unasked") return done({ incomplete: answer.how });
  if (answer.kind !== "chosen") {
    keyShareOnly = true;
    answer = yield question(suites13, groups13);
    if (answer.kind !== "chosen" || answer.hello.version !== versions.tls13) {
      keyShareOnly = false;
      return done({ dropped: true });
    }
  }
  if (answer.hello.version !== versions.tls13) return done({ instead: answer.hello.version });
  learn(answer);

  /** Asks as long as it brings news; why it ended where nothing was asked, else null. */
  function* strike(next: () => Question): Generator<Question, string | null, Answer> {
    for (let asked = next(); asked.suites.length > 0 && asked.groups.length > 0; asked = next()) {
      const heard = yield asked;
      if (heard.kind === "unasked") return heard.how;
      if (heard.kind !== "chosen") return null;
      if (learn(heard)) continue;
      strayed = true;
      return null;
    }
    return null;
  }
  // Groups with all suites: then it can refuse for want of a group only. And the other way round.
  const cut =
    (keyShareOnly ? null : yield* strike(() => question(suites13, without(groups13, groups)))) ??
    (yield* strike(() => question(without(suites13, suites), groups13)));
  return done({ incomplete: cut });
}

/**
 * The signature schemes of all its keys: in TLS 1.3 they say which certificate is shown. What it accepts is struck out
 * until it refuses; nothing is asked where it has no group or suite that we can read what is encrypted with.
 *
 * `signers`: whose keys older versions showed; null where they showed none.
 */
export function* signaturesOf13(
  { suites, groups }: Pick<Accepted13, "suites" | "groups">,
  signers: ReadonlySet<string> | null,
): Inquiry<readonly number[]> {
  const some = suites.filter(canOpen);
  const [group] = sharedGroups.filter((code) => groups.includes(code));
  const found: number[] = [];
  if (group === undefined || some.length === 0) return found;
  const question = { version: versions.tls13, fallback: false, suites: some, groups: [group], keyShare: true };

  function* strike(codes: readonly number[]): Inquiry<void> {
    for (let left = codes; left.length > 0; left = left.filter((code) => !found.includes(code))) {
      const answer: Answer = yield { ...question, signatures: left };
      const code = answer.kind === "chosen" ? answer.key.signature : null;
      if (code === null || !left.includes(code)) return;
      found.push(code);
    }
  }
  yield* strike(newestSignatures);
  // Some choose a key before they see that no scheme is left for it (Java): the other one is asked for by itself.
  const shown = new Set(found.map(signatureSigner));
  const isOther = (signer: string) => !shown.has(signer) && (signers === null || signers.has(signer));
  if (found.length > 0) yield* strike(newestSignatures.filter((code) => isOther(signatureSigner(code))));
  return found;
}

/** Of a retry the group that it wants, of a hello the one whose key it took. */
export function groupOf({ hello: { extensions } }: Chosen): number | null {
  const body = extensions.get(keyShareExtension);
  if (body === undefined || body.length < 2) return null;
  return new Cursor(body).u16();
}
