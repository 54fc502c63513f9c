/** One connection's life: up to where the hello may be sent, the hello, the answer, the end. */

import { createPublicKey, generateKeyPairSync, randomBytes } from "node:crypto";
import type { Duplex } from "node:stream";
import type { Outcome } from "../../model/observation.ts";
import type { Dialler } from "../../model/ports.ts";
import type { Target } from "../../model/target.ts";
import { Deadline } from "../deadline.ts";
import { silenceOf } from "../ip/silence.ts";
import { untilStarttls } from "../smtp/dialogue.ts";
import { Journal } from "../smtp/journal.ts";
import { SmtpLine } from "../smtp/line.ts";
import { plaintextBudget } from "../smtp/reply.ts";
import { stageLimits } from "../smtp/stages.ts";
import { FlightReader } from "../tls/flight.ts";
import { everySignature, writeHello } from "../tls/hello.ts";
import { mostCertificateBytes } from "../tls/records.ts";
import { readSslv2Hello, type Sslv2Answer, writeSslv2Hello } from "../tls/sslv2.ts";
import { type Answer, type NoChoice, type Question, versions } from "./question.ts";

export interface AskWorld {
  readonly target: Target;
  /** The server name of the hello; null for none. */
  readonly serverName: string | null;
  readonly allowPrivate: boolean;
  readonly ehloName: string;
  /** For one connection, ms. */
  readonly timeoutMs: number;
  readonly dial: Dialler;
  /** Milliseconds that only go forward. */
  readonly monotonic: () => number;
}

/** A flight, and all that may stand around it. */
const mostBytes = mostCertificateBytes + 65_536;

/** Never rejects, and leaves no socket open. */
export async function ask(question: Question, world: AskWorld): Promise<Answer> {
  return await converse(world, exchange(flightReader(), helloOf(question, world)));
}

/** SSLv2 in its own hello. Never rejects, and leaves no socket open. */
export async function askSslv2(world: AskWorld): Promise<Sslv2Answer | NoChoice> {
  return await converse(world, exchange(sslv2Reader(), writeSslv2Hello(randomBytes(16))));
}

/** What is done with a connection on which TLS may begin. */
type Talk<T> = (raw: Duplex, deadline: Deadline, limitMs: number) => Promise<T>;

async function converse<T>(world: AskWorld, talk: Talk<T>): Promise<T | Extract<Answer, { kind: "unasked" }>> {
  const { target, monotonic, timeoutMs, ehloName, dial, allowPrivate } = world;
  const deadline = new Deadline(monotonic, timeoutMs);
  const limits = stageLimits(timeoutMs);
  const ender = new AbortController();
  try {
    deadline.arm(limits.connect, () => ender.abort());
    const { address, port, tls } = target;
    const dialled = await dial({ address, port, allowPrivate, signal: ender.signal });
    deadline.clear();
    if (dialled.kind === "forbidden") return { kind: "unasked", how: `not dialled: ${dialled.range}` };
    if (dialled.kind === "failed") return { kind: "unasked", how: `${dialled.silence} at connect` };
    const { socket } = dialled;
    if (tls === "starttls") {
      const journal = new Journal(monotonic, world.serverName);
      const line = new SmtpLine(socket, false, { journal, budget: plaintextBudget(), deadline });
      const stopped = await untilStarttls(line, { journal, limits, request: { ehloName } });
      if (stopped !== null) {
        line.destroy();
        return { kind: "unasked", how: stopWords(stopped) };
      }
      line.release();
    }
    return await talk(socket, deadline, limits.handshake);
  } finally {
    deadline.end();
  }
}

function stopWords(outcome: Outcome): string {
  if ("reply" in outcome) return `${outcome.reply.code} ${outcome.reply.lines[0] ?? ""}`.trim();
  return outcome.kind === "no-answer" ? `${outcome.silence} at ${outcome.stage}` : outcome.kind;
}

/** TLS_FALLBACK_SCSV (RFC 7507 §2). */
const fallbackSignal = 0x5600;
const deflate = 1;
/** What a server only has where it is asked: heartbeat (RFC 6520), extended master secret (RFC 7627), tickets (RFC 5077). */
const olderExtensions = [
  { type: 15, body: Uint8Array.of(1) },
  { type: 23, body: new Uint8Array(0) },
  { type: 35, body: new Uint8Array(0) },
];

function helloOf(question: Question, { serverName }: AskWorld): Uint8Array {
  const { version, fallback, suites, groups, keyShare, fallbackScsv = false } = question;
  const isOlder = version < versions.tls13;
  return writeHello({
    version,
    fallback,
    suites: fallbackScsv ? [...suites, fallbackSignal] : suites,
    compression: isOlder ? [deflate] : [],
    extra: isOlder ? olderExtensions : [],
    groups,
    random: randomBytes(32),
    serverName,
    signatures: everySignature,
    keyShares: keyShare ? [{ group: 29, key: x25519Key() }] : [],
  });
}

/** A fresh public key, 32 bytes (RFC 7748). */
function x25519Key(): Uint8Array {
  const { privateKey } = generateKeyPairSync("x25519");
  return createPublicKey(privateKey).export({ type: "spki", format: "der" }).subarray(-32);
}

/** What was made of what arrived: an answer, or null while more has to come. */
interface Reader<T> {
  push(chunk: Uint8Array): T | null;
  /** When nothing more comes: of what is there, or null. */
  readonly soFar: T | null;
}

/** Sends a hello and reads until it is answered. The socket is destroyed when it returns. */
function exchange<T>(reader: Reader<T>, hello: Uint8Array): Talk<T | NoChoice> {
  return (raw, deadline, limitMs) => {
    let length = 0;
    return new Promise((resolve) => {
      const finish = (answer: T | NoChoice) => {
        deadline.clear();
        raw.off("data", onData).off("end", onEnd).off("close", onEnd).off("error", onError);
        raw.on("error", () => {});
        raw.destroy();
        resolve(answer);
      };
      const ended = (otherwise: NoChoice) => finish(reader.soFar ?? otherwise);
      const onEnd = () => ended({ kind: length === 0 ? "refused" : "silent", how: "closed" });
      const onError = (error: Error) => ended({ kind: "silent", how: silenceOf(error) });
      const onData = (chunk: Uint8Array) => {
        length += chunk.length;
        const answer = reader.push(chunk);
        if (answer !== null) finish(answer);
        else if (length > mostBytes) ended({ kind: "not-tls", how: "too much" });
      };
      deadline.arm(limitMs, () => ended({ kind: "silent", how: "timeout" }));
      raw.on("data", onData).on("end", onEnd).on("close", onEnd).on("error", onError);
      raw.write(hello);
    });
  };
}

function flightReader(): Reader<Answer> {
  const flight = new FlightReader();
  return {
    push(chunk) {
      flight.push(chunk);
      const { answer } = flight;
      switch (answer?.kind) {
        case undefined:
          return null;
        case "chosen":
          return answer;
        case "alert":
          return { kind: "refused", how: answer.name };
        case "not-tls":
          return { kind: "not-tls", how: answer.text };
        case "too-much":
          return flight.soFar ?? { kind: "not-tls", how: "too much" };
      }
    },
    get soFar() {
      return flight.soFar ?? null;
    },
  };
}

function sslv2Reader(): Reader<Sslv2Answer | NoChoice> {
  let received: Uint8Array = new Uint8Array(0);
  return {
    push(chunk) {
      received = Buffer.concat([received, chunk]);
      const read = readSslv2Hello(received);
      return read !== null && "malformed" in read ? { kind: "refused", how: "not SSLv2" } : read;
    },
    soFar: null,
  };
}
