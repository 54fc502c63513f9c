/** The published traces of RFC 8448. */

import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { groupOf } from "../../../lib/protocols/scan/suites-of-13.ts";
import { certificatesAsSent } from "../../../lib/protocols/tls/chain.ts";
import { type Chosen, FlightReader } from "../../../lib/protocols/tls/flight.ts";
import type { KeyShare } from "../../../lib/protocols/tls/key-share.ts";
import { SignedFlightReader } from "../../../lib/protocols/tls/signed-flight.ts";
import {
  clientHello,
  encryptedFlight,
  helloRetryRequest,
  serverHello,
  serverSecret,
  sharedSecret,
} from "../../fakes/rfc8448.ts";

function chosen(flight: Uint8Array): Chosen {
  const reader = new FlightReader();
  reader.push(flight);
  if (reader.answer?.kind !== "chosen") throw new Error(JSON.stringify(reader.answer));
  return reader.answer;
}

describe("RFC 8448", () => {
  it("§3: a ServerHello of TLS 1.3", () => {
    const answer = chosen(serverHello);
    expect(answer.hello).toMatchObject({ version: 0x0304, suite: 0x1301, retry: false, compression: 0 });
    expect([...answer.hello.extensions.keys()]).toEqual([51, 43]);
    expect(groupOf(answer)).toBe(29);
  });

  it("§3: the certificate within the encrypted flight, by the server's handshake traffic secret", () => {
    const flight = Buffer.concat([serverHello, encryptedFlight]);
    const [leaf, ...more] = certificatesAsSent(flight, serverSecret) ?? [];
    expect(more).toEqual([]);
    const certificate = new X509Certificate(leaf ?? "");
    expect([certificate.subject, certificate.serialNumber, leaf?.length]).toEqual(["CN=rsa", "02", 432]);
    expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBe(1024);
  });

  it("§3: nothing of it where a byte or the secret is another one", () => {
    const flight = Buffer.concat([serverHello, encryptedFlight]);
    const changed = Buffer.from(flight);
    changed[400] = (changed[400] ?? 0) ^ 1;
    expect(certificatesAsSent(changed, serverSecret)).toBe(null);
    expect(certificatesAsSent(flight, Buffer.alloc(32))).toBe(null);
    expect(certificatesAsSent(flight.subarray(0, -1), serverSecret)).toBe(null);
  });

  describe("§3: the signature, by the key that both agreed on", () => {
    const share: KeyShare = { group: 29, key: new Uint8Array(32), secretWith: () => sharedSecret };
    const flight = Buffer.concat([serverHello, encryptedFlight]);
    function read(bytes: Uint8Array, { size = bytes.length, own = share } = {}) {
      const reader = new SignedFlightReader(clientHello, own);
      for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
      return reader;
    }

    it.each([flight.length, 100, 1])("in pieces of %i bytes", (size) => {
      const { answer } = read(flight, { size });
      expect(answer).toMatchObject({ kind: "chosen", hello: { suite: 0x1301 }, key: { signature: 0x0804 } });
      expect(answer?.kind === "chosen" && answer.certificates.map(({ length }) => length)).toEqual([432]);
    });

    it("is waited for while it may come, and isn't told where the flight ends before it", () => {
      const { answer, soFar } = read(flight.subarray(0, -1));
      expect(answer).toBe(undefined);
      expect(soFar).toMatchObject({ hello: { suite: 0x1301 }, key: { signature: null } });
    });

    it.each([
      ["another secret", { own: { ...share, secretWith: () => new Uint8Array(32) } }],
      ["a key that is no point", { own: { ...share, secretWith: () => null } }],
      ["a key of another group", { own: { ...share, group: 23 } }],
    ])("isn't read with %s, and not waited for", (_, options) => {
      const { answer } = read(flight, options);
      expect(answer).toMatchObject({ kind: "chosen", key: { signature: null }, certificates: [] });
    });

    it("isn't waited for behind a HelloRetryRequest, an alert, or what isn't TLS", () => {
      expect(read(helloRetryRequest).answer).toMatchObject({ kind: "chosen", hello: { retry: true } });
      expect(read(Uint8Array.of(21, 3, 3, 0, 2, 2, 40)).answer).toEqual({ kind: "alert", name: "handshake_failure" });
      expect(read(Buffer.from("220 still SMTP\r\n")).answer).toMatchObject({ kind: "not-tls" });
    });
  });

  it("§5: a HelloRetryRequest that wants P-256", () => {
    const answer = chosen(helloRetryRequest);
    expect(answer.hello).toMatchObject({ version: 0x0304, suite: 0x1301, retry: true });
    expect([...answer.hello.extensions.keys()]).toEqual([51, 44, 43]);
    expect(groupOf(answer)).toBe(23);
  });
});
