/**
 * Which suites a server accepts in one version up to TLS 1.2, in its own order: all are offered, the one that it chooses
 * is struck out, and so on until it refuses. Its groups, and then its signature schemes, are learnt on the way, by
 * striking them out as well.
 */

import { curveOf } from "../tls/certificate-curve.ts";
import type { Chosen } from "../tls/flight.ts";
import { everySignature, olderGroups } from "../tls/hello.ts";
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
}

export interface SuitesAsked {
  readonly version: number;
  readonly suites: readonly number[];
  /** Strike out groups and signature schemes too. */
  readonly groupsToo: boolean;
}

/** At most this many answers that bring nothing new: a server that ignores what is offered. */
const mostStrays = 2;

/** Without the curve of its key a server can't show an ECDSA certificate (RFC 8422 §5.1), and its order would be another. */
const usualCurves: readonly number[] = [23, 24, 25];

/** Of the ECDSA key that was shown; the usual ones where there is none to be read. */
export function certificateCurves(seen: readonly Chosen[]): readonly number[] {
  const shown = seen.find(({ hello }) => isEcdsa(hello.suite));
  const code = shown === undefined ? null : curveShownBy(shown);
  return code === null ? usualCurves : [code];
}

export function curveShownBy({ certificates: [leaf], told }: Chosen): number | null {
  if (told !== undefined) return told.curve;
  return leaf === undefined ? null : (curveOf(leaf) ?? null);
}

export function* suitesOf({ version, suites, groupsToo }: SuitesAsked): Inquiry<AcceptedSuites> {
  const left = new Set(suites);
  const accepted: number[] = [];
  const groups: number[] = [];
  /** Signature schemes that were seen. */
  const signatures: number[] = [];
  /** What is struck out beside suites. */
  let learning: "groups" | "signatures" | null = groupsToo ? "groups" : null;
  let strays = 0;
  let curves = usualCurves;
  /** Who signed last. */
  let signer: string | null = null;

  const done = (over: Partial<AcceptedSuites> = {}): AcceptedSuites => {
    return { suites: accepted, groups, instead: null, strayed: strays > 0, incomplete: null, ...over };
  };
  /** False: it brought no new group. */
  const learnGroup = ({ key: { code } }: Chosen): boolean => {
    if (code === null || groups.includes(code)) return false;
    groups.push(code);
    return true;
  };

  /** False: it brought no new scheme. */
  const learnSignature = ({ key: { signature } }: Chosen): boolean => {
    if (signature === null || signatures.includes(signature)) return false;
    signatures.push(signature);
    return true;
  };

  while (left.size > 0 && strays < mostStrays) {
    const of = learning === "groups" ? offeredBeside(groups, accepted.some(isEcdsa) ? curves : []) : olderGroups;
    const fewer = learning === "signatures" && signatures.length > 0;
    const answer = yield {
      ...question(version, [...left], of),
      ...(fewer && { signatures: everySignature.filter((code) => !signatures.includes(code)) }),
    };
    if (answer.kind === "unasked") return done({ incomplete: answer.how });
    const isShort = of.length < olderGroups.length;
    const isChoice = answer.kind === "chosen";
    if (isChoice && answer.hello.version !== version) return done({ instead: answer.hello.version });
    // It ran out of groups, and not of suites: its order is asked for with all of them again.
    if (isShort && (!isChoice || passedOver(left, answer.hello.suite))) {
      learning = "signatures";
      continue;
    }
    // It ran out of schemes, or nobody knows whether it did.
    if (fewer && (!isChoice || signerOf(answer.hello.suite) !== signer)) {
      learning = null;
      continue;
    }
    if (!isChoice) break;
    const { suite } = answer.hello;
    if (isEcdsa(suite) && !accepted.some(isEcdsa)) curves = certificateCurves([answer]);
    signer = signerOf(suite);
    if (!learnSignature(answer) && signer !== null && learning === "signatures") learning = null;
    if (!learnGroup(answer) && isEcdhe(suite) && learning === "groups") learning = "signatures";
    if (!left.delete(suite)) strays++;
    if (!accepted.includes(suite)) accepted.push(suite);
  }
  return done();
}

/**
 * Its further groups in that version: of those `known` the `curves` that its certificate needs are offered along, where
 * none of its suites can do without one. `behind` are suites that it likes less: what it does with them once it has no
 * further group is told by the `last` answer; null where that tells nothing of them.
 */
export function* groupsOf(
  version: number,
  suites: readonly number[],
  known: readonly number[],
  curves: readonly number[],
  behind: readonly number[] = [],
): Inquiry<{ readonly groups: readonly number[]; readonly last: Answer | null }> {
  const free = suites.filter((code) => isEcdhe(code) && !isEcdsa(code));
  const some = free.length > 0 ? free : suites.filter(isEcdhe);
  const later = suites.filter((code, at) => behind.includes(code) && at > suites.indexOf(some[0] ?? code));
  const found: number[] = [];
  while (some.length > 0) {
    const seen = [...known, ...found];
    const answer = yield question(version, [...some, ...later], offeredBeside(seen, free.length === 0 ? curves : []));
    const code = answer.kind === "chosen" ? answer.key.code : null;
    if (code === null) return { groups: found, last: later.length === 0 ? null : answer };
    if (seen.includes(code)) break;
    found.push(code);
  }
  return { groups: found, last: null };
}

/**
 * The signature schemes of one type of key in that version, beside those that are `known`. `suites` are that key's: some
 * servers give up on a suite where they have no scheme for it, whatever else is offered.
 */
export function* signaturesOf(version: number, suites: readonly number[], known: readonly number[]): Inquiry<void> {
  const left = new Set(everySignature.filter((code) => !known.includes(code)));
  while (left.size > 0) {
    const answer = yield { ...question(version, suites, olderGroups), signatures: [...left] };
    const code = answer.kind === "chosen" ? answer.key.signature : null;
    if (code === null || !left.delete(code)) break;
  }
}

/** The groups that are new, and behind them the curves of certificates where they are needed. */
function offeredBeside(seen: readonly number[], curves: readonly number[]): readonly number[] {
  return [...olderGroups.filter((code) => !seen.includes(code)), ...seen.filter((code) => curves.includes(code))];
}

function question(version: number, suites: readonly number[], groups: readonly number[]): Question {
  return { version, fallback: false, suites, groups, keyShare: false };
}

const isEcdhe = (code: number): boolean => suiteByCode(code)?.keyExchange === "ecdhe";

/** Whose key signs the key exchange; null: it isn't signed. */
export function signerOf(code: number): string | null {
  const { keyExchange, authentication } = suiteByCode(code) ?? {};
  const isSigned = keyExchange === "ecdhe" || keyExchange === "dhe";
  const signers: readonly (string | undefined)[] = ["rsa", "ecdsa", "dss"];
  return isSigned && signers.includes(authentication) ? (authentication ?? null) : null;
}

const isEcdsa = (code: number): boolean => suiteByCode(code)?.authentication === "ecdsa";

function passedOver(left: ReadonlySet<number>, chosen: number): boolean {
  return !isEcdhe(chosen) && [...left].some(isEcdhe);
}
