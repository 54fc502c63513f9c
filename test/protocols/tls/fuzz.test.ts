/** Whatever bytes a server sends: no reader throws, none hangs, and none makes more of them than they are. */

import { describe, expect, it } from "vitest";
import { FlightReader } from "../../../lib/protocols/tls/flight.ts";
import {
  readCertificates12,
  readCertificates13,
  readServerHello,
  readServerKeyExchange,
} from "../../../lib/protocols/tls/messages.ts";
import { readSslv2Hello } from "../../../lib/protocols/tls/sslv2.ts";
import { curveExchange, finiteFieldExchange, serverFlight, sslv2Hello } from "../../fakes/server-hello.ts";

const inputs = 100_000;
const seed = 20_261_125;

const certificates = [Buffer.alloc(700, 1), Buffer.alloc(300, 2)];
const honest: readonly Buffer[] = [
  serverFlight({ suite: 0x009e, certificates, keyExchange: finiteFieldExchange(1024) }),
  serverFlight({ suite: 0xc02f, certificates, keyExchange: curveExchange(29) }),
  serverFlight({ version: 0x0300, suite: 0x0003, certificates, keyExchange: finiteFieldExchange(512) }),
  sslv2Hello([0x010080, 0x020080], certificates[0] ?? Buffer.alloc(0), true),
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

const readers: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
  "a flight": (bytes) => {
    const reader = new FlightReader();
    for (let at = 0; at < bytes.length; at += 100) reader.push(bytes.subarray(at, at + 100));
    return reader.answer;
  },
  "a hello": readServerHello,
  "certificates up to TLS 1.2": readCertificates12,
  "certificates of TLS 1.3": readCertificates13,
  "a key exchange": (bytes) => {
    for (const kind of ["dhe", "ecdhe", "rsa", "none"] as const) readServerKeyExchange(bytes, kind, true, 0x0303);
    return readServerKeyExchange(bytes, "dhe", false, 0x0303);
  },
  SSLv2: readSslv2Hello,
};

describe(`${inputs} mutated inputs`, () => {
  it.each(Object.keys(readers))("%s", (name) => {
    const random = randomFrom(seed);
    const kinds = new Set<string>();
    let taken = 0;
    for (; taken < inputs; taken++) {
      const bytes = mutated(random);
      const read = readers[name]?.(taken % 2 === 0 ? bytes : bytes.subarray(Math.min(9, bytes.length)));
      kinds.add(read !== null && typeof read === "object" ? ("malformed" in read ? "malformed" : "read") : "waits");
    }
    expect(taken).toBe(inputs);
    // Both what is understood and what isn't was among them.
    expect(kinds.size).toBeGreaterThan(1);
  });
});
