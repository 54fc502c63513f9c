/** A server's first flight in TLS 1.3 up to its signature: certificates and CertificateVerify (RFC 8446 §4.4), which are encrypted. */

import { OpenedMessages } from "./chain.ts";
import { Cursor } from "./cursor.ts";
import { type Chosen, type FlightAnswer, FlightReader } from "./flight.ts";
import { serverHandshakeSecret } from "./key-schedule.ts";
import type { KeyShare } from "./key-share.ts";
import { readCertificates13, readServerHello } from "./messages.ts";
import { type HandshakeMessage, messageType } from "./records.ts";
import { suiteByCode } from "./suites.ts";

const keyShareExtension = 51;
const recordHeader = 5;

/** Feed it what arrives until `answer` is there. `soFar` is what is known when nothing more comes. */
export class SignedFlightReader {
  readonly #flight = new FlightReader();
  readonly #messages: OpenedMessages;
  #shown: Pick<Chosen, "certificates"> | undefined;
  answer: FlightAnswer | undefined;

  /** `hello` is the record that was sent, with `share` as its only key. */
  constructor(hello: Uint8Array, share: KeyShare) {
    this.#messages = new OpenedMessages((message) => secretFor(message, hello.subarray(recordHeader), share));
  }

  push(chunk: Uint8Array): void {
    if (this.#flight.answer === undefined) this.#flight.push(chunk);
    for (const { type, body } of this.#messages.push(chunk)) {
      if (type === messageType.certificate) {
        const read = readCertificates13(body);
        if (!("malformed" in read)) this.#shown = { certificates: read };
      } else if (type === messageType.certificateVerify) this.#signed(new Cursor(body).u16());
    }
    const { answer } = this.#flight;
    if (answer === undefined) return;
    const isSealed = answer.kind === "chosen" && answer.hello.version === 0x0304 && !answer.hello.retry;
    if (!isSealed || this.#messages.stuck) this.answer ??= this.soFar ?? answer;
  }

  get soFar(): Chosen | undefined {
    const { soFar } = this.#flight;
    return soFar && { ...soFar, ...this.#shown };
  }

  #signed(signature: number): void {
    const { soFar } = this;
    if (soFar !== undefined) this.answer ??= { ...soFar, key: { ...soFar.key, signature } };
  }
}

function secretFor({ type, body }: HandshakeMessage, clientHello: Uint8Array, share: KeyShare): Uint8Array | null {
  const hello = readServerHello(body);
  if ("malformed" in hello) return null;
  const suite = suiteByCode(hello.suite);
  const at = new Cursor(hello.extensions.get(keyShareExtension) ?? new Uint8Array(0));
  const group = at.u16();
  const theirs = at.vector16();
  if (suite === undefined || at.failed !== undefined || group !== share.group) return null;
  const shared = share.secretWith(theirs);
  const { length } = body;
  const header = Uint8Array.of(type, length >> 16, (length >> 8) & 0xff, length & 0xff);
  return shared && serverHandshakeSecret(suite, shared, Buffer.concat([clientHello, header, body]));
}
