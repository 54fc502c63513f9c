import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:tls";
import { beforeAll, describe, expect, it } from "vitest";
import { InputError } from "../../../lib/model/input-error.ts";
import { loadRoots } from "../../../lib/protocols/x509/roots.ts";
import { trustOf } from "../../../lib/protocols/x509/trust.ts";
import { type Authority, type Issued, issue, makeCa, selfSigned } from "../../fakes/certificates.ts";

const day = 86_400_000;
const now = Date.now();
const past = { notBefore: new Date(now - 20 * day), notAfter: new Date(now - 10 * day) };
const future = { notBefore: new Date(now + 10 * day), notAfter: new Date(now + 20 * day) };

/** What OpenSSL says in a real handshake of a server that sends `chain`, verified against `roots`. */
async function authorizationError(leaf: Issued, chain: string, roots: readonly string[]): Promise<string | null> {
  const server = createServer({ cert: chain, key: leaf.keyPem, ciphers: "DEFAULT@SECLEVEL=0" });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const socket = connect({
    host: "127.0.0.1",
    port,
    ca: [...roots],
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  });
  await once(socket, "secureConnect");
  const error = socket.authorized ? null : String(socket.authorizationError);
  socket.destroy();
  server.close();
  return error;
}

const certificatesIn = (pems: string) =>
  (pems.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? []).map((pem) => new X509Certificate(pem));

async function trust(leaf: Issued, sent: string, trusted: Authority | Issued | null) {
  const extraPem = trusted === null ? undefined : "caPem" in trusted ? trusted.caPem : trusted.certPem;
  const roots = loadRoots(extraPem === undefined ? {} : { extraPem });
  return trustOf({
    authorizationError: await authorizationError(leaf, sent, roots.pems),
    leaf: new X509Certificate(leaf.certPem),
    chain: certificatesIn(sent),
    roots,
    now,
  });
}

describe("trust by real handshakes", () => {
  let ca: Authority;
  beforeAll(async () => {
    ca = await makeCa({ name: "Root" });
  });
  const names = ["mx.example"];

  it("finds a path to a root through what was sent", async () => {
    const leaf = await issue(ca, { names, intermediate: true });
    expect(await trust(leaf, leaf.chainPem, ca)).toBe("trusted");
  });

  it("finds it whatever the order, and with the root or the leaf repeated", async () => {
    const leaf = await issue(ca, { names, intermediate: true });
    const [, intermediate = ""] = leaf.chainPem.split(/(?<=-----END CERTIFICATE-----\n)/);
    expect(await trust(leaf, leaf.certPem + leaf.caPem + leaf.certPem + intermediate, ca)).toBe("trusted");
  });

  it("tells a certificate that signs itself", async () => {
    const leaf = await selfSigned({ names });
    expect(await trust(leaf, leaf.certPem, ca)).toBe("self-signed");
    expect(await trust(leaf, leaf.certPem + leaf.certPem, ca)).toBe("self-signed");
  });

  it("trusts a certificate that signs itself when it is among the roots", async () => {
    const leaf = await selfSigned({ names });
    expect(await trust(leaf, leaf.certPem, leaf)).toBe("trusted");
  });

  it("tells a root that was sent but isn't trusted", async () => {
    const leaf = await issue(ca, { names });
    expect(await trust(leaf, leaf.certPem + leaf.caPem, null)).toBe("untrusted-root");
  });

  it("tells a missing issuer, at the leaf and above it", async () => {
    const leaf = await issue(ca, { names, intermediate: true });
    expect(await trust(leaf, leaf.certPem, ca)).toBe("incomplete-chain");
    expect(await trust(leaf, leaf.chainPem, null)).toBe("incomplete-chain");
  });

  it("tells a signature by somebody who is no authority", async () => {
    const clerk = await issue(ca, { names: ["clerk.example"] });
    const usurper = { ...(await makeCa({ name: "clerk.example", issuer: ca })), certPem: clerk.certPem, issuer: ca };
    const leaf = await issue(usurper, { names });
    expect(await trust(leaf, leaf.chainPem, ca)).toMatch(/^(?:invalid|incomplete)-chain$/);
  });
});

describe("the leaf's own dates are left to the judge", () => {
  let ca: Authority;
  beforeAll(async () => {
    ca = await makeCa({ name: "Root" });
  });

  describe.each([
    ["expired", past],
    ["not yet valid", future],
  ])("%s", (_, dates) => {
    const options = { names: ["mx.example"], ...dates };

    it("with a path to a root it is trusted", async () => {
      const leaf = await issue(ca, { ...options, intermediate: true });
      expect(await trust(leaf, leaf.chainPem, ca)).toBe("trusted");
    });
    it("without one it is what it would be within its dates", async () => {
      const leaf = await issue(ca, { ...options, intermediate: true });
      expect(await trust(leaf, leaf.certPem, ca)).toBe("incomplete-chain");
      expect(await trust(leaf, leaf.chainPem, null)).toBe("incomplete-chain");
      expect(await trust(leaf, leaf.chainPem + leaf.caPem, null)).toBe("untrusted-root");
      const own = await selfSigned(options);
      expect(await trust(own, own.certPem, ca)).toBe("self-signed");
      expect(await trust(own, own.certPem, own)).toBe("trusted");
    });
    it("but dates above the leaf count", async () => {
      const intermediate = await makeCa({ name: "Old", issuer: ca, ...dates });
      const leaf = await issue(intermediate, { names: ["mx.example"] });
      expect(await trust(leaf, leaf.chainPem, ca)).toBe("expired-issuer");
      const both = await issue(intermediate, options);
      expect(await trust(both, both.chainPem, ca)).toBe("expired-issuer");
    });
  });

  it("prefers a path whose certificates are all within their dates", async () => {
    const current = await makeCa({ name: "Cross", issuer: ca });
    const leaf = await issue(current, { names: ["mx.example"], ...past });
    const other = await makeCa({ name: "Cross", issuer: ca, ...past });
    expect(await trust(leaf, leaf.certPem + other.certPem + current.certPem, ca)).toBe("trusted");
  });

  it("says incomplete when the chain wasn't read and the issuer is no root", async () => {
    const leaf = await issue(ca, { names: ["mx.example"], ...past, intermediate: true });
    const question = { leaf: new X509Certificate(leaf.certPem), roots: loadRoots({ extraPem: leaf.caPem }), now };
    expect(trustOf({ ...question, authorizationError: "CERT_HAS_EXPIRED", chain: null })).toBe("incomplete-chain");
  });
});

describe("words of OpenSSL that need no look at the chain", () => {
  it.each([
    [null, "trusted"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "trusted"],
    ["CERT_SIGNATURE_FAILURE", "invalid-chain"],
    ["INVALID_PURPOSE", "invalid-chain"],
    ["PATH_LENGTH_EXCEEDED", "invalid-chain"],
    ["UNSPECIFIED", "invalid-chain"],
  ])("%s → %s", async (error, expected) => {
    const leaf = new X509Certificate((await selfSigned({ names: ["mx.example"] })).certPem);
    expect(trustOf({ authorizationError: error, leaf, chain: null, roots: loadRoots(), now })).toBe(expected);
  });
});

describe("roots", () => {
  it("are Mozilla's as built in, and the operator's beside them", async () => {
    const ca = await makeCa({ name: "Ours" });
    const [plain, more] = [loadRoots(), loadRoots({ extraPem: `Comment\n${ca.certPem}` })];
    expect(plain.pems.length).toBeGreaterThan(50);
    expect(more.pems).toHaveLength(plain.pems.length + 1);
    expect(more.digest).not.toBe(plain.digest);
    expect(loadRoots({ extraPem: `${ca.certPem}${ca.certPem.replaceAll("\n", "\r\n")}` }).digest).toBe(more.digest);
  });

  it.each([
    ["", "ca.pem: no certificate in it; expected PEM (-----BEGIN CERTIFICATE-----)"],
    ["hello", "ca.pem: no certificate in it; expected PEM (-----BEGIN CERTIFICATE-----)"],
    [
      "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
      "ca.pem: no certificate in it; expected PEM (-----BEGIN CERTIFICATE-----)",
    ],
    [
      "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
      "ca.pem: certificate 1 of 1 can't be read; expected X.509 in PEM",
    ],
  ])("%j: %s", (extraPem, sentence) => {
    expect(() => loadRoots({ extraPem, source: "ca.pem" })).toThrow(new InputError(sentence));
  });
});
