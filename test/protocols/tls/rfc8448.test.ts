/** The published traces of RFC 8448. */

import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { groupOf } from "../../../lib/protocols/scan/suites-of-13.ts";
import { certificatesAsSent } from "../../../lib/protocols/tls/chain.ts";
import { type Chosen, FlightReader } from "../../../lib/protocols/tls/flight.ts";
import { encryptedFlight, helloRetryRequest, serverHello, serverSecret } from "../../fakes/rfc8448.ts";

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

  it("§5: a HelloRetryRequest that wants P-256", () => {
    const answer = chosen(helloRetryRequest);
    expect(answer.hello).toMatchObject({ version: 0x0304, suite: 0x1301, retry: true });
    expect([...answer.hello.extensions.keys()]).toEqual([51, 44, 43]);
    expect(groupOf(answer)).toBe(23);
  });
});
