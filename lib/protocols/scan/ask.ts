/** One question on a connection of its own: the hello, and the answer to it. */

import { randomBytes } from "node:crypto";
import { silenceOf } from "../ip/silence.ts";
import { FlightReader } from "../tls/flight.ts";
import { everySignature, type Hello, writeHello } from "../tls/hello.ts";
import { type KeyShare, keyShareOf } from "../tls/key-share.ts";
import { mostCertificateBytes } from "../tls/records.ts";
import { newestSignatures } from "../tls/signatures.ts";
import { SignedFlightReader } from "../tls/signed-flight.ts";
import { readSslv2Hello, type Sslv2Answer, writeSslv2Hello } from "../tls/sslv2.ts";
import { type AskWorld, converse, type Talk } from "./converse.ts";
import { type Answer, isOfSignature, type NoChoice, type Question, versions } from "./question.ts";

/** A flight, and all that may stand around it. */
const mostBytes = mostCertificateBytes + 65_536;

/** Never rejects, and leaves no socket open. */
export async function ask(question: Question, world: AskWorld): Promise<Answer> {
  if (!isOfSignature(question)) {
    return await converse(world, exchange(flightReader(), helloOf(question, world.serverName)));
  }
  const share = shareOf(question);
  const hello = helloOf(question, world.serverName, { keyShares: [share] });
  return await converse(world, exchange(readerOf(new SignedFlightReader(hello, share)), hello));
}

/** SSLv2 in its own hello. Never rejects, and leaves no socket open. */
export async function askSslv2(world: AskWorld): Promise<Sslv2Answer | NoChoice> {
  return await converse(world, exchange(sslv2Reader(), writeSslv2Hello(randomBytes(16))));
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

/** `more`: what stands in it beside what is asked. */
export function helloOf(question: Question, serverName: string | null, more: Partial<Hello> = {}): Uint8Array {
  const { version, fallback, suites, groups, keyShare, fallbackScsv = false, signatures } = question;
  const { withoutExtensions = false } = question;
  const isOlder = version < versions.tls13;
  return writeHello({
    version,
    fallback,
    suites: fallbackScsv ? [...suites, fallbackSignal] : suites,
    compression: isOlder ? [deflate] : [],
    extra: [...(isOlder || fallback ? olderExtensions : []), ...(signatures === undefined ? [] : [anyCertificate])],
    groups,
    random: randomBytes(32),
    serverName,
    signatures: signatures ?? everySignature,
    withoutExtensions,
    keyShares: keyShare && more.keyShares === undefined ? [shareOf(question)] : [],
    ...more,
  });
}

/** Certificates may be signed in any way (RFC 8446 §4.2.3): it is the server's own signature that is asked for. */
const anyCertificate = { type: 50, body: schemes(newestSignatures) };

function schemes(codes: readonly number[]): Uint8Array {
  return Uint8Array.from([2 * codes.length, ...codes].flatMap((value) => [value >> 8, value & 0xff]));
}

const x25519 = 29;

function shareOf({ groups }: Question): KeyShare {
  return keyShareOf(groups.includes(x25519) ? x25519 : (groups[0] ?? x25519));
}

/** What was made of what arrived: an answer, or null while more has to come. */
interface Reader<T> {
  push(chunk: Uint8Array): T | null;
  /** When nothing more comes: of what is there, or null. */
  readonly soFar: T | null;
}

/** Sends a hello and reads until it is answered. */
export function exchange<T>(reader: Reader<T>, hello: Uint8Array): Talk<T | NoChoice> {
  return (raw, deadline, { handshake: limitMs }) => {
    let length = 0;
    return new Promise((resolve) => {
      const finish = (answer: T | NoChoice) => {
        deadline.clear();
        raw.off("data", onData).off("end", onEnd).off("close", onEnd).off("error", onError);
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

/** Of an answer to a hello of our own. */
export function flightReader(): Reader<Answer> {
  return readerOf(new FlightReader());
}

function readerOf(flight: FlightReader | SignedFlightReader): Reader<Answer> {
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
