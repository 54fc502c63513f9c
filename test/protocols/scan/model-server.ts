/** A server that is nothing but rules: what it answers to a question, without a socket. */

import { type Answer, isOfSignature, type Question } from "../../../lib/protocols/scan/question.ts";
import { noKey } from "../../../lib/protocols/tls/messages.ts";
import { suiteByCode } from "../../../lib/protocols/tls/suites.ts";

export interface ModelServer {
  /** Suites by version, best first. */
  readonly suites: Readonly<Record<number, readonly number[]>>;
  /** Best first; for ECDHE up to TLS 1.2, and for TLS 1.3. */
  readonly groups: readonly number[];
  /** Signature schemes of its RSA key, best first. */
  readonly signatures?: readonly number[];
  /** Of TLS 1.3 and all its keys, best first. */
  readonly newestSignatures?: readonly number[];
  readonly order?: "server" | "client" | "chacha20";
  /** Hellos of more suites are refused. */
  readonly mostSuites?: number;
  /** Hellos with extensions are refused; SSLv3 has none. */
  readonly noExtensions?: boolean;
  /** It can't ask for another hello in TLS 1.3. */
  readonly neverRetries?: boolean;
  /** A hello that names TLS 1.3 is dropped. */
  readonly intolerant?: boolean;
  /** Refuses by silence instead of an alert. */
  readonly mute?: boolean;
  /** Chooses its best, offered or not. */
  readonly stubborn?: boolean;
}

const newest = 0x0304;
const keyShare = 51;
const tls12 = 0x0303;
const ssl3 = 0x0300;

export function answerOf(server: ModelServer, question: Question): Answer {
  const refused: Answer = server.mute
    ? { kind: "silent", how: "timeout" }
    : { kind: "refused", how: "handshake_failure" };
  if (question.suites.length > (server.mostSuites ?? Number.POSITIVE_INFINITY)) return refused;
  if (server.noExtensions && question.version > ssl3 && question.withoutExtensions !== true) return refused;
  if (server.intolerant && question.version === newest) return { kind: "silent", how: "reset" };
  const highest = question.version === newest && !question.fallback ? newest : 0;
  const version = Object.keys(server.suites)
    .map(Number)
    .filter((each) => each <= question.version && each >= highest)
    .sort((a, b) => b - a)[0];
  if (version === undefined) return refused;
  const group = chosen(question.groups, server.groups, server.order ?? "server");
  if (version === newest) {
    const suite = choose(server, question, server.suites[version] ?? []);
    if (suite === undefined || group === undefined) return refused;
    if (server.neverRetries && !question.keyShare) return refused;
    const made = answer(version, suite, new Map([[keyShare, Uint8Array.of(group >> 8, group & 0xff)]]), null);
    if (!isOfSignature(question) || made.kind !== "chosen" || server.newestSignatures === undefined) return made;
    const signature = server.newestSignatures.find((code) => question.signatures?.includes(code));
    return signature === undefined ? refused : { ...made, key: { ...made.key, signature } };
  }
  const scheme = server.signatures?.find((code) => question.signatures?.includes(code) ?? true);
  const canSign = server.signatures === undefined || version < tls12 || scheme !== undefined;
  const able = (server.suites[version] ?? []).filter(
    (code) => (!isEcdhe(code) || group !== undefined) && (canSign || !isSigned(code)),
  );
  const suite = choose(server, question, able);
  if (suite === undefined) return refused;
  const made = answer(version, suite, new Map(), isEcdhe(suite) ? (group ?? null) : null);
  const signature = version >= tls12 && isSigned(suite) ? (scheme ?? null) : null;
  return made.kind === "chosen" ? { ...made, key: { ...made.key, signature } } : made;
}

function choose({ order = "server", stubborn }: ModelServer, { suites: offered }: Question, able: readonly number[]) {
  if (stubborn) return able[0];
  const isChaCha = (code: number | undefined) => suiteByCode(code ?? 0)?.cipher.startsWith("CHACHA20");
  if (order === "chacha20" && isChaCha(offered[0]) && able.includes(offered[0] ?? 0)) return offered[0];
  return chosen(offered, able, order);
}

function chosen(offered: readonly number[], able: readonly number[], order: NonNullable<ModelServer["order"]>) {
  return order === "client" ? offered.find((code) => able.includes(code)) : able.find((code) => offered.includes(code));
}

function answer(
  version: number,
  suite: number,
  extensions: ReadonlyMap<number, Uint8Array>,
  code: number | null,
): Answer {
  return {
    kind: "chosen",
    hello: { version, suite, retry: extensions.size > 0, compression: 0, sessionId: new Uint8Array(0), extensions },
    key: code === null ? noKey : { ...noKey, group: `group-${code}`, code },
    certificates: [],
  };
}

function isSigned(code: number): boolean {
  const { keyExchange = "", authentication } = suiteByCode(code) ?? {};
  return ["ecdhe", "dhe"].includes(keyExchange) && authentication === "rsa";
}

const isEcdhe = (code: number): boolean => suiteByCode(code)?.keyExchange === "ecdhe";
