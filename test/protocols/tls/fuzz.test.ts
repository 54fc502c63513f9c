/** Whatever bytes a server sends: no reader throws, none hangs, and none makes more of them than they are. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { certificatesAsSent } from "../../../lib/protocols/tls/chain.ts";
import { Cursor } from "../../../lib/protocols/tls/cursor.ts";
import { FlightReader } from "../../../lib/protocols/tls/flight.ts";
import {
  readCertificates12,
  readCertificates13,
  readServerHello,
  readServerKeyExchange,
} from "../../../lib/protocols/tls/messages.ts";
import { MessageReader, RecordReader } from "../../../lib/protocols/tls/records.ts";
import { SignedFlightReader } from "../../../lib/protocols/tls/signed-flight.ts";
import { readSslv2Hello } from "../../../lib/protocols/tls/sslv2.ts";
import {
  clientHello,
  encryptedFlight,
  helloRetryRequest,
  serverHello,
  serverSecret,
  sharedSecret,
} from "../../fakes/rfc8448.ts";
import { curveExchange, finiteFieldExchange, serverFlight, sslv2Hello } from "../../fakes/server-hello.ts";

const inputs = 100_000;
const seed = 20_261_125;

const certificates = [Buffer.alloc(700, 1), Buffer.alloc(300, 2)];
const honest: readonly Buffer[] = [
  serverFlight({ suite: 0x009e, certificates, keyExchange: finiteFieldExchange(1024) }),
  serverFlight({ suite: 0xc02f, certificates, keyExchange: curveExchange(29) }),
  serverFlight({ version: 0x0300, suite: 0x0003, certificates, keyExchange: finiteFieldExchange(512) }),
  sslv2Hello([0x010080, 0x020080], certificates[0] ?? Buffer.alloc(0), true),
  Buffer.concat([serverHello, encryptedFlight]),
  helloRetryRequest,
  Buffer.from([21, 3, 1, 0, 2, 2, 40]),
];

/** Mulberry32: the same inputs each time. */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function mutated(random: () => number): Buffer {
  const below = (limit: number) => Math.floor(random() * limit);
  let bytes = Buffer.from(honest[below(honest.length)] ?? Buffer.alloc(0));
  for (let changes = below(6); changes >= 0; changes--) {
    const at = below(Math.min(bytes.length, random() < 0.7 ? 90 : bytes.length));
    const kind = random();
    if (kind < 0.5) bytes[at] = below(256);
    else if (kind < 0.7) bytes = bytes.subarray(0, at);
    else if (kind < 0.85)
      bytes = Buffer.concat([bytes.subarray(0, at), Buffer.alloc(below(40), below(256)), bytes.subarray(at)]);
    else bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + below(20))]);
  }
  return bytes;
}

/** A reader that is fed what arrives, in pieces. */
const pieces = 100;

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieces) yield bytes.subarray(at, at + pieces);
}

const keyExchange = (kind: "dhe" | "ecdhe" | "rsa" | "none", hinted: boolean) => (bytes: Uint8Array) =>
  readServerKeyExchange(bytes, kind, hinted, 0x0303);

const readers: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
  "a flight": (bytes) => {
    const reader = new FlightReader();
    for (const piece of piecesOf(bytes)) reader.push(piece);
    return reader.answer;
  },
  records: (bytes) => {
    const reader = new RecordReader();
    const records = [...piecesOf(bytes)].flatMap((piece) => [...reader.push(piece)]);
    return reader.broken ? { malformed: "" } : (records[0] ?? null);
  },
  "handshake messages": (bytes) => {
    const reader = new MessageReader();
    const messages = [...piecesOf(bytes)].flatMap((piece) => [...reader.push(piece)]);
    return reader.tooMuch ? { malformed: "" } : (messages[0] ?? null);
  },
  "the certificates of a flight": (bytes) => certificatesAsSent(bytes, null),
  "the certificates of an encrypted flight": (bytes) => certificatesAsSent(bytes, serverSecret) ?? { malformed: "" },
  "a flight up to its signature": (bytes) => {
    const reader = new SignedFlightReader(clientHello, { group: 29, key: bytes, secretWith: () => sharedSecret });
    for (const piece of piecesOf(bytes)) reader.push(piece);
    return reader.answer;
  },
  "a hello": readServerHello,
  "certificates up to TLS 1.2": readCertificates12,
  "certificates of TLS 1.3": readCertificates13,
  "a key exchange over a finite field": keyExchange("dhe", false),
  "one with a hint before it": keyExchange("dhe", true),
  "a key exchange over a curve": keyExchange("ecdhe", false),
  "a key exchange by an RSA key of its own": keyExchange("rsa", false),
  "a signature alone": keyExchange("none", true),
  SSLv2: readSslv2Hello,
};

/** Where readers begin: at the first byte, or behind the headers of a record and of a message. */
const begins = [0, 5, 9] as const;
describe(`${inputs} mutated inputs`, () => {
  let steps = 0;
  const { bytes: read } = Cursor.prototype;
  const [records, messages] = [RecordReader.prototype.push, MessageReader.prototype.push];

  /** Each read that a cursor answers is a step, and each record and message that is cut off. */
  beforeAll(() => {
    Cursor.prototype.bytes = function (length) {
      const before = this.failed;
      const part = read.call(this, length);
      if (before === undefined) steps++;
      return part;
    };
    RecordReader.prototype.push = counted(records);
    MessageReader.prototype.push = counted(messages);
  });
  afterAll(() => {
    Cursor.prototype.bytes = read;
    RecordReader.prototype.push = records;
    MessageReader.prototype.push = messages;
  });

  function counted<This, T>(push: (this: This, bytes: Uint8Array) => Generator<T>) {
    return function* (this: This, bytes: Uint8Array): Generator<T> {
      for (const one of push.call(this, bytes)) {
        steps++;
        yield one;
      }
    };
  }

  it.each(Object.keys(readers))("%s: no throw, no hang, at most 8 cursor steps a byte", (name) => {
    const random = randomFrom(seed);
    const kinds = new Set<string>();
    let [taken, counts] = [0, 0];
    for (; taken < inputs; taken++) {
      const bytes = mutated(random);
      const input = bytes.subarray(Math.min(begins[taken % begins.length] ?? 0, bytes.length));
      steps = 0;
      const answer = readers[name]?.(input);
      // The read at which it fails is one as well.
      if (steps > Math.max(1, 8 * input.length)) throw new Error(`${steps} steps for ${input.toString("hex")}`);
      counts += steps;
      const isObject = answer !== null && typeof answer === "object";
      kinds.add(isObject ? ("malformed" in answer ? "malformed" : "read") : "waits");
    }
    expect(taken).toBe(inputs);
    expect(counts).toBeGreaterThan(inputs / 10);
    // Both what is understood and what isn't was among them.
    expect(kinds.size).toBeGreaterThan(1);
  });
});
