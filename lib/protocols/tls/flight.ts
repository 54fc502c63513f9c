/** A server's first answer to a hello of our own: all of it up to TLS 1.2, where it is in clear (RFC 5246 §7.3), and of TLS 1.3 its hello. */

import { printable } from "../printable.ts";
import {
  alertName,
  noKey,
  protocolByVersion,
  readCertificates12,
  readServerHello,
  readServerKeyExchange,
  type ServerHello,
  type ServerKey,
} from "./messages.ts";
import { type HandshakeMessage, MessageReader, messageType, RecordReader, recordType } from "./records.ts";
import { type Suite, suiteByCode } from "./suites.ts";

export type FlightAnswer =
  | { readonly kind: "alert"; readonly name: string }
  | { readonly kind: "not-tls"; readonly text: string }
  | { readonly kind: "too-much" }
  | Chosen;

export interface Chosen {
  readonly kind: "chosen";
  readonly hello: ServerHello;
  readonly key: ServerKey;
  /** DER, in the order sent; none in TLS 1.3. */
  readonly certificates: readonly Uint8Array[];
  /** Of an answer that was kept: code points of groups, told by a certificate and a prime that aren't at hand. */
  readonly told?: { readonly curve: number | null; readonly field: number | null };
}

const tls13 = 0x0304;

/** Feed it what arrives until `answer` is there. `soFar` is what is known when nothing more comes. */
export class FlightReader {
  readonly #records = new RecordReader();
  readonly #messages = new MessageReader();
  #first: Uint8Array = new Uint8Array(0);
  #hello: ServerHello | undefined;
  #certificates: readonly Uint8Array[] = [];
  #key: ServerKey = noKey;
  answer: FlightAnswer | undefined;

  push(chunk: Uint8Array): void {
    if (this.#first.length === 0) this.#first = chunk.subarray(0, 64);
    else if (this.#first.length < 64) this.#first = Buffer.concat([this.#first, chunk.subarray(0, 64)]);
    for (const record of this.#records.push(chunk)) {
      if (this.answer !== undefined) return;
      if (record.type === recordType.alert) this.#alert(record.body);
      else if (record.type === recordType.handshake)
        for (const message of this.#messages.push(record.body)) this.#message(message);
      else this.answer ??= this.soFar ?? this.#notTls();
    }
    if (this.#messages.tooMuch) this.answer = { kind: "too-much" };
    else if (this.#records.broken) this.answer ??= this.soFar ?? this.#notTls();
  }

  get soFar(): Chosen | undefined {
    const hello = this.#hello;
    return hello && { kind: "chosen", hello, key: this.#key, certificates: this.#certificates };
  }

  /** A warning (level 1) before the hello, as old servers send for an unknown name, doesn't end it. */
  #alert([level, code = 0]: Uint8Array): void {
    if (level !== 1 || code === 0) this.answer = this.soFar ?? { kind: "alert", name: alertName(code) };
  }

  #message({ type, body }: HandshakeMessage): void {
    if (this.answer !== undefined) return;
    if (this.#hello === undefined) {
      const hello = type === messageType.serverHello ? readServerHello(body) : undefined;
      if (hello === undefined || "malformed" in hello || !protocolByVersion(hello.version)) {
        this.answer = this.#notTls();
        return;
      }
      this.#hello = hello;
      // What follows in TLS 1.3 is encrypted.
      if (hello.version === tls13) this.answer = this.soFar;
    } else if (type === messageType.certificate) {
      const read = readCertificates12(body);
      if (!("malformed" in read)) this.#certificates = read;
    } else if (type === messageType.serverKeyExchange) {
      const { version, suite } = this.#hello;
      const read = readServerKeyExchange(body, ...exchangeOf(suiteByCode(suite)), version);
      if (!("malformed" in read)) this.#key = read;
    } else if (type === messageType.serverHelloDone) this.answer = this.soFar;
  }

  #notTls(): FlightAnswer {
    return { kind: "not-tls", text: printable(this.#first, 64) };
  }
}

/** What is in the message, and whether a hint to a shared secret stands before it. */
function exchangeOf(suite: Suite | undefined): ["dhe" | "ecdhe" | "rsa" | "none", boolean] {
  const hinted = suite?.authentication === "psk";
  switch (suite?.keyExchange) {
    case "dhe":
    case "ecdhe":
      return [suite.keyExchange, hinted];
    case "rsa":
      return [hinted ? "none" : "rsa", hinted];
    default:
      return ["none", hinted];
  }
}
