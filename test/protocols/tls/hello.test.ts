import { createServer } from "node:net";
import { connect } from "node:tls";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { Cursor } from "../../../lib/protocols/tls/cursor.ts";
import { FlightReader } from "../../../lib/protocols/tls/flight.ts";
import { legacyHello, legacySuites, writeHello } from "../../../lib/protocols/tls/hello.ts";
import { suiteByCode } from "../../../lib/protocols/tls/suites.ts";
import { curveExchange, finiteFieldExchange, message, record, serverFlight } from "../../fakes/server-hello.ts";

const random = new Uint8Array(32).fill(9);

/** What a hello says, read field by field as RFC 5246 §7.4.1.2 has them. */
function readHello(bytes: Uint8Array) {
  const outer = new Cursor(bytes);
  const type = outer.u8();
  const recordVersion = outer.u16();
  const handshake = new Cursor(outer.vector16());
  const kind = handshake.u8();
  const body = new Cursor(handshake.vector24());
  const version = body.u16();
  const itsRandom = body.bytes(32);
  const session = body.vector8();
  const suites = new Cursor(body.vector16());
  const codes: number[] = [];
  while (!suites.done) codes.push(suites.u16());
  const compression = [...body.vector8()];
  const extensions = new Map<number, Uint8Array>();
  if (!body.done) {
    const list = new Cursor(body.vector16());
    while (!list.done) extensions.set(list.u16(), list.vector16());
  }
  expect([outer.failed, handshake.failed, body.failed, outer.done, handshake.done, body.done]).toEqual([
    undefined,
    undefined,
    undefined,
    true,
    true,
    true,
  ]);
  return { type, recordVersion, kind, version, random: itsRandom, session, codes, compression, extensions };
}

describe("a ClientHello of our own (RFC 5246 §7.4.1.2)", () => {
  it("has every field in its place", () => {
    const hello = readHello(writeHello(legacyHello(random, "mx.example")));
    expect(hello).toMatchObject({ type: 22, recordVersion: 0x0301, kind: 1, version: 0x0303, compression: [0] });
    expect([...hello.random]).toEqual([...random]);
    expect(hello.codes).toEqual([...legacySuites(), 0x00ff]);
    expect([...hello.extensions.keys()]).toEqual([0, 10, 11, 13]);
    expect(Buffer.from(hello.extensions.get(0) ?? []).toString("latin1")).toContain("mx.example");
  });

  it("never has a trailing dot in its name, and no name when there is none", () => {
    const named = readHello(writeHello(legacyHello(random, "mx.example.")));
    expect(Buffer.from(named.extensions.get(0) ?? []).toString("latin1")).toMatch(/mx\.example$/);
    expect(readHello(writeHello(legacyHello(random, null))).extensions.has(0)).toBe(false);
  });

  it("has no extensions in SSLv3, and no signature schemes before TLS 1.2", () => {
    const base = legacyHello(random, "mx.example");
    const ssl3 = readHello(writeHello({ ...base, version: 0x0300 }));
    expect(ssl3).toMatchObject({ recordVersion: 0x0300, version: 0x0300 });
    expect(ssl3.extensions.size).toBe(0);
    expect(readHello(writeHello({ ...base, version: 0x0302 })).extensions.has(13)).toBe(false);
  });

  it("offers what our TLS library lacks, anonymous and NULL suites, the least bad first", () => {
    const names = legacySuites().map((code) => suiteByCode(code)?.openssl ?? "");
    expect(names).toEqual(
      expect.arrayContaining(["RC4-SHA", "DES-CBC3-SHA", "EXP-RC4-MD5", "SEED-SHA", "NULL-SHA256"]),
    );
    expect(names).toEqual(expect.arrayContaining(["AECDH-NULL-SHA", "ADH-AES256-GCM-SHA384", "AES128-SHA"]));
    expect(
      names.filter((name) => /PSK|SRP|KRB5|^TLS_(AES|CHACHA20|AEGIS|SM4|SHA|ECCPWD)|ECDHE-RSA-AES/.test(name)),
    ).toEqual([]);
    const at = (name: string) => names.indexOf(name);
    expect(at("DES-CBC3-SHA")).toBeLessThan(at("ADH-AES256-SHA"));
    expect(at("ADH-AES256-SHA")).toBeLessThan(at("NULL-SHA256"));
    expect(at("NULL-SHA256")).toBeLessThan(at("AECDH-NULL-SHA"));
  });

  it("is understood by our TLS library", async () => {
    // A hello of OpenSSL's own is read by the same reader: so the reader above isn't wrong in the same way.
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const first = new Promise<Buffer>((got) =>
      server.once("connection", (socket) => socket.on("error", () => {}).once("data", got)),
    );
    const client = connect({
      port: (server.address() as { port: number }).port,
      maxVersion: "TLSv1.2",
      servername: "a.example",
    });
    client.on("error", () => {});
    expect(readHello(await first)).toMatchObject({ kind: 1, version: 0x0303, compression: [0] });
    client.destroy();
    server.close();
  });
});

function readFlight(bytes: Uint8Array, size = bytes.length) {
  const reader = new FlightReader();
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
  return reader;
}

describe("a server's first flight (RFC 5246 §7.3)", () => {
  const certificates = ["one", "two", "one"].map((text) => new TextEncoder().encode(text));

  test.each([
    [0x0005, undefined, { group: null, bits: null }],
    [0x0016, finiteFieldExchange(1024), { group: "dh", bits: 1024 }],
    [0x0016, finiteFieldExchange(1023), { group: "dh", bits: 1023 }],
    [0x0016, finiteFieldExchange(513), { group: "dh", bits: 513 }],
    [0xc011, curveExchange(23), { group: "secp256r1", bits: 256 }],
    [0xc011, curveExchange(9999), { group: "group-9999", bits: null }],
    // EXPORT has an RSA key made for the occasion.
    [0x0003, finiteFieldExchange(512), { group: null, bits: 512 }],
  ])("tells suite %i and its key exchange", (suite, keyExchange, key) => {
    const flight = serverFlight({ suite, certificates, ...(keyExchange && { keyExchange }) });
    expect(readFlight(flight).answer).toMatchObject({
      kind: "chosen",
      hello: { version: 0x0303, suite, retry: false, compression: 0 },
      key,
      certificates,
    });
  });

  it("may have several messages in a record and records in a message", () => {
    const [hello, ...rest] = splitRecords(serverFlight({ suite: 0x0005, certificates }));
    const joined = Buffer.concat([hello ?? Buffer.alloc(0), ...rest]);
    const halves = [joined.subarray(0, 50), joined.subarray(50)].map((part) => record(22, 0x0303, part));
    expect(readFlight(Buffer.concat(halves)).answer).toMatchObject({ kind: "chosen", certificates });
  });

  it("is read the same in whatever pieces it comes", () => {
    const flight = serverFlight({ suite: 0x0016, certificates, keyExchange: finiteFieldExchange(1024) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: flight.length }), (size) => {
        expect(readFlight(flight, size).answer).toEqual(readFlight(flight).answer);
      }),
    );
  });

  test.each([
    [40, "handshake_failure"],
    [70, "protocol_version"],
    [200, "alert 200"],
  ])("may be alert %i", (code, name) => {
    expect(readFlight(Buffer.from([21, 3, 1, 0, 2, 2, code])).answer).toEqual({ kind: "alert", name });
  });

  it("goes on after a warning", () => {
    const warning = Buffer.from([21, 3, 1, 0, 2, 1, 112]);
    expect(readFlight(Buffer.concat([warning, serverFlight({ suite: 0x0005 })])).answer?.kind).toBe("chosen");
  });

  test.each([
    ["text", Buffer.from("454 not now\r\n"), "454 not now\\x0d\\x0a"],
    ["a record of no known type", Buffer.from([99, 3, 1, 0, 1, 0]), "c\\x03\\x01\\x00\\x01\\x00"],
    ["a record that is too long", Buffer.from([22, 3, 1, 0xff, 0xff]), "\\x16\\x03\\x01\\xff\\xff"],
    ["a version that nobody knows", serverFlight({ suite: 0x0005, version: 0x0305 }), expect.any(String)],
    ["a message before the hello", record(22, 0x0303, message(11, Buffer.alloc(3))), expect.any(String)],
  ])("isn't TLS when it is %s", (_name, bytes, text) => {
    expect(readFlight(bytes).answer).toEqual({ kind: "not-tls", text });
  });

  it("is too much when a message says so", () => {
    const flight = Buffer.concat([
      serverFlight({ suite: 0x0005, done: false }),
      record(22, 0x0303, Buffer.from([11, 4, 0, 1])),
    ]);
    expect(readFlight(flight).answer).toEqual({ kind: "too-much" });
  });

  it("never throws, whatever arrives, and never chooses what was not chosen", () => {
    const flight = serverFlight({ suite: 0x0016, certificates, keyExchange: finiteFieldExchange(1024) });
    const mutated = fc
      .tuple(fc.array(fc.tuple(fc.nat(flight.length - 1), fc.nat(255)), { maxLength: 6 }), fc.nat(flight.length))
      .map(([changes, length]) => {
        const bytes = Buffer.from(flight);
        for (const [at, value] of changes) bytes[at] = value;
        return bytes.subarray(0, length);
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), mutated), (bytes) => {
        const { answer } = readFlight(bytes);
        if (answer?.kind === "chosen") expect([0x0300, 0x0301, 0x0302, 0x0303, 0x0304]).toContain(answer.hello.version);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("the cursor", () => {
  it("cannot run past its end, and says where it failed first", () => {
    const at = new Cursor(Uint8Array.of(1, 2));
    expect(at.u16()).toBe(0x0102);
    expect(at.done).toBe(true);
    expect(at.vector16()).toEqual(new Uint8Array(0));
    expect(at.failed).toEqual({ malformed: "1 bytes wanted at 2 of 2" });
    expect(at.u24()).toBe(0);
  });
});

/** The bodies of the records of a flight. */
function splitRecords(flight: Buffer): Buffer[] {
  const bodies: Buffer[] = [];
  for (let at = 0; at < flight.length; at += 5 + flight.readUInt16BE(at + 3)) {
    bodies.push(flight.subarray(at + 5, at + 5 + flight.readUInt16BE(at + 3)));
  }
  return bodies;
}
