/** For servers that understand no hello of so many suites, or none with extensions: what they do understand, and asking so. */

import { olderGroups } from "../tls/hello.ts";
import { suites as everySuite } from "../tls/suites.ts";
import type { Ask } from "./patient.ts";
import { type Answer, type Inquiry, type Question, versions } from "./question.ts";

export interface Understood {
  /** In one hello, the signal of RFC 5746 among them; null: any number. */
  readonly mostSuites: number | null;
  /** Only hellos as they were before there were extensions (RFC 3546). */
  readonly withoutExtensions: boolean;
}

/** What servers of every age have at least one of: AES, 3DES, RC4, DES, EXPORT, NULL, anonymous. */
const telling = [
  0x002f, 0x0035, 0x000a, 0x0005, 0x0004, 0x0009, 0x0003, 0x0008, 0x0002, 0x0039, 0xc013, 0xc014, 0xc02f, 0xc030,
  0x0034,
];
const ranked = [
  ...telling,
  ...everySuite.filter(({ tls13, code }) => !tls13 && !telling.includes(code)).map(({ code }) => code),
];
/** Every hello has one more than is asked for. */
const signals = 1;
const sizes = [128, 64, 32] as const;

/** Those by which a server is asked for what it understands, and how. */
type Form = Pick<Question, "version" | "withoutExtensions">;

const forms: readonly Form[] = [
  { version: versions.tls12 },
  { version: versions.tls10 },
  { version: versions.tls10, withoutExtensions: true },
  { version: versions.ssl3 },
];

/**
 * Of a server that accepts no suite of TLS 1.0 to 1.2 when it is offered all, but is `known` to speak others. Null: it
 * accepts none of the telling suites either.
 */
export function* understoodBy(known: readonly number[]): Inquiry<Understood | null> {
  // Who knows extensions has the newest of the older ones, if any; and SSLv3 was as long.
  const worth = known.includes(versions.tls13)
    ? forms.slice(0, 1)
    : forms.filter(({ version }) => !known.includes(version));
  for (const form of worth) {
    if (yield* accepts(form, telling)) return yield* most(form);
  }
  return null;
}

function* most(form: Form): Generator<Question, Understood, Answer> {
  const withoutExtensions = form.withoutExtensions === true;
  if (withoutExtensions && (yield* accepts(form, ranked))) return { mostSuites: null, withoutExtensions };
  for (const size of sizes) {
    if (yield* accepts(form, ranked.slice(0, size - signals))) return { mostSuites: size, withoutExtensions };
  }
  return { mostSuites: telling.length + signals, withoutExtensions };
}

function* accepts(form: Form, suites: readonly number[]): Generator<Question, boolean, Answer> {
  const answer = yield { ...form, fallback: false, suites, groups: olderGroups, keyShare: false };
  return answer.kind === "chosen";
}

/** `ask` in hellos that are understood: a question is refused once all its parts are. What was refused isn't offered again. */
export function inParts(ask: Ask, { mostSuites, withoutExtensions }: Understood): Ask {
  const size = mostSuites === null ? Number.POSITIVE_INFINITY : mostSuites - signals;
  const refusals: { readonly question: Question; readonly answer: Answer }[] = [];
  return async (question) => {
    const before = refusals.filter((refusal) => covers(refusal.question, question));
    const known = new Set(before.flatMap((refusal) => refusal.question.suites));
    const left = question.suites.filter((code) => !known.has(code));
    let last = before.at(-1)?.answer;
    for (let at = 0; at < left.length || last === undefined; at += size) {
      const part = {
        ...question,
        suites: left.slice(at, at + size),
        ...(withoutExtensions && { withoutExtensions }),
      };
      last = await ask(part);
      if (last.kind !== "refused" && last.kind !== "silent") break;
      refusals.push({ question: part, answer: last });
    }
    return last;
  };
}

/** Whether who refused `wide` refuses the same suites in `question` as well. */
function covers(wide: Question, question: Question): boolean {
  return (
    wide.version === question.version &&
    wide.fallback === question.fallback &&
    wide.keyShare === question.keyShare &&
    wide.fallbackScsv === question.fallbackScsv &&
    question.groups.every((code) => wide.groups.includes(code)) &&
    (wide.signatures === undefined || (question.signatures?.every((code) => wide.signatures?.includes(code)) ?? false))
  );
}
