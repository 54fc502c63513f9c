/** A server's first answer to a bare hello, up to TLS 1.2, where all of it is in clear (RFC 5246 §7.3). */

import { printable } from "../printable.ts";
import {
  alertName,
  type KeyExchangeGroup,
  protocolByVersion,
  readCertificates12,
  readServerHello,
  readServerKeyExchange,
  type ServerHello,
} from "./messages.ts";
import { type HandshakeMessage, MessageReader, messageType, RecordReader, recordType } from "./records.ts";
import { type Suite, suiteByCode } from "./suites.ts";

export type FlightAnswer =
  | { readonly kind: "alert"; readonly name: string }
  | { readonly kind: "not-tls"; readonly text: string }
  | { readonly kind: "too-much" }
  | ChosenSuite;

export interface ChosenSuite {
  readonly kind: "chosen";
  readonly version: number;
  readonly suite: Suite;
  readonly key: KeyExchangeGroup;
  /** DER, in the order sent. */
  readonly certificates: readonly Uint8Array[];
}

/** Feed it what arrives until `answer` is there. `soFar` is what is known when nothing more comes. */
export class FlightReader {
  readonly #records = new RecordReader();
  readonly #messages = new MessageReader();
  #first: Uint8Array = new Uint8Array(0);
  #hello: (ServerHello & { readonly chosen: Suite }) | undefined;
  #certificates: readonly Uint8Array[] = [];
  #key: KeyExchangeGroup = { group: null, bits: null };
  answer: FlightAnswer | undefined;

  push(chunk: Uint8Array): void {
    if (this.#first.length < 64) this.#first = Buffer.concat([this.#first, chunk.subarray(0, 64)]);
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

  get soFar(): ChosenSuite | undefined {
    const hello = this.#hello;
    if (hello === undefined) return undefined;
    return {
      kind: "chosen",
      version: hello.version,
      suite: hello.chosen,
      key: this.#key,
      certificates: this.#certificates,
    };
  }

  /** A warning (level 1) before the hello, as old servers send for an unknown name, doesn't end it. */
  #alert([level, code = 0]: Uint8Array): void {
    if (level !== 1 || code === 0) this.answer = this.soFar ?? { kind: "alert", name: alertName(code) };
  }

  #message({ type, body }: HandshakeMessage): void {
    if (this.#hello === undefined) {
      const hello = type === messageType.serverHello ? readServerHello(body) : undefined;
      const chosen = hello && "suite" in hello ? suiteByCode(hello.suite) : undefined;
      if (hello && "suite" in hello && chosen && protocolByVersion(hello.version)) this.#hello = { ...hello, chosen };
      else this.answer = this.#notTls();
    } else if (type === messageType.certificate) {
      const read = readCertificates12(body);
      if (!("malformed" in read)) this.#certificates = read;
    } else if (type === messageType.serverKeyExchange) {
      const { keyExchange } = this.#hello.chosen;
      const kind = keyExchange === "dhe" || keyExchange === "ecdhe" ? keyExchange : "rsa";
      const read = readServerKeyExchange(body, kind);
      if (!("malformed" in read)) this.#key = read;
    } else if (type === messageType.serverHelloDone) this.answer = this.soFar;
  }

  #notTls(): FlightAnswer {
    return { kind: "not-tls", text: printable(this.#first, 64) };
  }
}
