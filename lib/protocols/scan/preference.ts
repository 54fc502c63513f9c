/** Whose order counts, asked with one connection more, or two where ChaCha20 stands out (OpenSSL's SSL_OP_PRIORITIZE_CHACHA). */

import type { Preference } from "../../model/scan.ts";
import { groups as everyGroup } from "../tls/groups.ts";
import { olderGroups } from "../tls/hello.ts";
import { suiteByCode } from "../tls/suites.ts";
import { type Answer, type Inquiry, type Question, versions } from "./question.ts";

/** `accepted` in the order chosen. Null where there is nothing to choose from, or no answer. */
export function* preferenceOf(version: number, accepted: readonly number[]): Inquiry<Preference | null> {
  const [first] = accepted;
  if (first === undefined || accepted.length < 2) return null;
  const backwards = [...accepted].reverse();
  const [chacha] = backwards.filter((code) => code !== first && isChaCha(code));
  const asked = chacha === undefined ? backwards : [chacha, ...backwards.filter((code) => code !== chacha)];
  const chosen = suiteOf(yield question(version, asked));
  if (chosen === first) return "server";
  if (chosen === null || chosen !== asked[0]) return null;
  if (chacha === undefined) return "client";
  const others = asked.slice(1).filter((code) => !isChaCha(code));
  if (others.length < 2) return "client";
  const again = suiteOf(yield question(version, others));
  if (again === null) return null;
  return again === others[0] ? "client" : "chacha20";
}

function question(version: number, suites: readonly number[]): Question {
  const groups = version === versions.tls13 ? everyGroup.map(({ code }) => code) : olderGroups;
  return { version, fallback: false, suites, groups, keyShare: false };
}

function suiteOf(answer: Answer): number | null {
  return answer.kind === "chosen" ? answer.hello.suite : null;
}

const isChaCha = (code: number): boolean => suiteByCode(code)?.cipher.startsWith("CHACHA20") ?? false;
