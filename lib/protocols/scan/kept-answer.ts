/** Answers as they are kept, and back: bounded, whatever a server sends. */

import { createHash } from "node:crypto";
import type { Exhibits, KeptAnswer } from "../../model/deep-scan.ts";
import type { FlawSeen } from "../../model/scan.ts";
import type { Chosen } from "../tls/flight.ts";
import { groupByCode } from "../tls/groups.ts";
import { noKey } from "../tls/messages.ts";
import type { Sslv2Answer } from "../tls/sslv2.ts";
import { finiteGroupOf } from "./finite-groups.ts";
import type { NoChoice, Unasked } from "./question.ts";
import { curveShownBy } from "./suites-of.ts";
import { groupOf } from "./suites-of-13.ts";

const mostExtensions = 40;
const mostKinds = 40;
const longestWords = 80;
const mostDetails = 5;
const longestDetail = 200;
/** More of a leaf or a prime isn't kept. */
const mostLeafBytes = 16_384;
const mostPrimeBytes = 2_048;
/** A server that shows another with each connection. */
const mostExhibits = 4;

const keyShareExtension = 51;

/** `exhibits` takes what the answer shows. */
export function keptAnswer(
  answer: Chosen | Sslv2Answer | FlawSeen | Exclude<NoChoice, Unasked>,
  exhibits: { certificates: Record<string, string>; primes: Record<string, string> },
): KeptAnswer {
  const leafIn = (der: Uint8Array | undefined) =>
    der === undefined || der.length === 0 ? null : exhibit(exhibits.certificates, der, mostLeafBytes, "base64");
  if ("result" in answer) {
    const detail = answer.detail.slice(0, mostDetails).map((line) => line.slice(0, longestDetail));
    return { kind: "flaw", name: answer.name, result: answer.result, detail };
  }
  if ("kinds" in answer) {
    return { kind: "kinds", kinds: answer.kinds.slice(0, mostKinds), leaf: leafIn(answer.certificate) };
  }
  if (answer.kind !== "chosen") return { kind: answer.kind, how: answer.how.slice(0, longestWords) };
  const { hello, key, certificates } = answer;
  const [curve, field] = [curveShownBy(answer), finiteGroupOf(answer)];
  return {
    kind: "chosen",
    version: hello.version,
    suite: hello.suite,
    compression: hello.compression,
    extensions: [...hello.extensions.keys()].slice(0, mostExtensions),
    share: groupOf(answer),
    group: key.code,
    bits: key.bits,
    signature: key.signature,
    prime: key.prime === null ? null : exhibit(exhibits.primes, key.prime, mostPrimeBytes, "hex"),
    leaf: leafIn(certificates[0]),
    ...(curve !== null && { curve }),
    ...(field !== null && { field }),
  };
}

function exhibit(kept: Record<string, string>, bytes: Uint8Array, most: number, as: "hex" | "base64"): string {
  const digest = createHash("sha256").update(bytes).digest("hex");
  const fits = bytes.length <= most && Object.keys(kept).length < mostExhibits;
  if (fits) kept[digest] ??= Buffer.from(bytes).toString(as);
  return digest;
}

/** As it was, but for what no scan looks at. */
export function answerAgain(
  answer: KeptAnswer,
  { certificates, primes }: Exhibits,
): Chosen | Sslv2Answer | FlawSeen | Exclude<NoChoice, Unasked> {
  const leafOf = (digest: string | null) => Buffer.from((digest === null ? "" : certificates[digest]) ?? "", "base64");
  if (answer.kind === "flaw") return { name: answer.name, result: answer.result, detail: answer.detail };
  if (answer.kind === "kinds") return { kinds: answer.kinds, certificate: leafOf(answer.leaf) };
  if (answer.kind !== "chosen") return answer;
  const { version, suite, compression, share, group, bits, signature } = answer;
  const prime = answer.prime === null ? undefined : primes[answer.prime];
  const leaf = leafOf(answer.leaf);
  const shown = share === null ? new Uint8Array(0) : Uint8Array.of(share >> 8, share & 0xff);
  return {
    kind: "chosen",
    hello: {
      version,
      suite,
      retry: false,
      compression,
      sessionId: new Uint8Array(0),
      extensions: new Map(
        answer.extensions.map((type) => [type, type === keyShareExtension ? shown : new Uint8Array(0)]),
      ),
    },
    key: {
      ...noKey,
      group: group === null ? null : (groupByCode(group)?.name ?? `group-${group}`),
      code: group,
      bits,
      signature,
      prime: prime === undefined ? null : Buffer.from(prime, "hex"),
    },
    certificates: leaf.length === 0 ? [] : [leaf],
    told: { curve: answer.curve ?? null, field: answer.field ?? null },
  };
}

/** Silence is nobody's word: it differs from nothing. Which prime of its size is used may change at each start. */
export function differs(before: KeptAnswer, now: KeptAnswer): boolean {
  if (now.kind === "silent") return false;
  if (now.kind === "flaw" && before.kind === "flaw") {
    return now.result !== "unknown" && before.result !== now.result;
  }
  if (before.kind !== now.kind) return before.kind !== "silent" || now.kind === "chosen";
  if (before.kind !== "chosen" || now.kind !== "chosen") return before.kind === "kinds" && isOther(before, now);
  const { field: _before, ...old } = { ...before, prime: null };
  const { field: _now, ...young } = { ...now, prime: null };
  return isOther(old, young);
}

function isOther(a: KeptAnswer, b: KeptAnswer): boolean {
  return JSON.stringify(a) !== JSON.stringify(b);
}
