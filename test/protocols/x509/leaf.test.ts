import "reflect-metadata";
import { webcrypto, X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";
import * as x509 from "@peculiar/x509";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { leafFindings } from "../../../lib/judge/authentication.ts";
import { readElements } from "../../../lib/protocols/x509/der.ts";
import { chainEntry, readLeaf } from "../../../lib/protocols/x509/leaf.ts";
import { lastCommonName, oneLineName } from "../../../lib/protocols/x509/name.ts";
import { issue, makeCa, selfSigned } from "../../fakes/certificates.ts";

/** Bytes of real ones are changed until OpenSSL refuses them or not. */
const mutated = fc
  .record({
    of: fc.nat(rootCertificates.length - 1),
    changes: fc.array(fc.tuple(fc.nat(2_000), fc.nat(255)), { minLength: 1, maxLength: 3 }),
  })
  .map(({ of, changes }) => {
    const der = Uint8Array.from(new X509Certificate(rootCertificates[of] ?? "").raw);
    for (const [at, byte] of changes) der[at % der.length] = byte;
    return der;
  });

describe("what a leaf says", () => {
  it("is judged and kept, whatever bytes of it were changed", () => {
    let read = 0;
    fc.assert(
      fc.property(mutated, (der) => {
        let certificate: X509Certificate;
        try {
          certificate = new X509Certificate(der);
        } catch {
          return;
        }
        const leaf = readLeaf(certificate);
        read++;
        expect(JSON.parse(JSON.stringify(leaf))).toEqual(leaf);
        expect(leafFindings(leaf, "mx.example", Date.now())).toBeInstanceOf(Array);
      }),
      { numRuns: 5_000, seed: 3 },
    );
    expect(read).toBeGreaterThan(2_000);
  });

  it("is that it is over, where its end is no time", async () => {
    const { certPem } = await selfSigned({ notAfter: new Date("2026-03-31T23:59:59Z") });
    const der = Buffer.from(new X509Certificate(certPem).raw);
    // The thirteenth month.
    der.write("261331235959Z", der.indexOf("260331235959Z"), "latin1");
    const leaf = readLeaf(new X509Certificate(der));
    const [found] = leafFindings(leaf, leaf.dnsNames[0] ?? "", Date.now());
    expect(found).toMatchObject({ code: "cert.expired", evidence: ["not after what can't be read as a time"] });
  });

  it("is told in full", async () => {
    const ca = await makeCa({ name: "Test root" });
    const issued = await issue(ca, {
      names: ["MX.example", "*.mx.example"],
      addresses: ["192.0.2.1", "2001:db8::1"],
      notBefore: new Date("2026-01-01T00:00:00Z"),
      notAfter: new Date("2026-03-31T23:59:59Z"),
      subject: [
        ["O", "Example"],
        ["CN", "mx.example"],
      ],
      caIssuers: "http://ca.example/root.der",
    });
    const certificate = new X509Certificate(issued.certPem);
    expect(readLeaf(certificate)).toEqual({
      sha256: issued.sha256,
      subject: "/O=Example/CN=mx.example",
      issuer: "/CN=Test root",
      serial: certificate.serialNumber.toLowerCase(),
      dnsNames: ["mx.example", "*.mx.example"],
      addresses: ["192.0.2.1", "2001:db8::1"],
      commonName: "mx.example",
      notBefore: Date.UTC(2026, 0, 1),
      notAfter: Date.UTC(2026, 2, 31, 23, 59, 59),
      keyType: "ec",
      keyBits: 256,
      signatureAlgorithm: "ecdsa-with-SHA256",
      namesIssuerPlace: true,
    });
    expect(chainEntry(certificate)).toEqual({
      sha256: issued.sha256,
      subject: "/O=Example/CN=mx.example",
      issuer: "/CN=Test root",
    });
  });

  test.each([
    ["rsa2048", "sha256", "rsa", 2048, "sha256WithRSAEncryption"],
    ["rsa1024", "sha1", "rsa", 1024, "sha1WithRSAEncryption"],
    ["ec", "sha1", "ec", 256, "ecdsa-with-SHA1"],
  ] as const)("%s signed with %s", async (key, signature, keyType, keyBits, signatureAlgorithm) => {
    const { certPem } = await selfSigned({ names: ["mx.example"], key, signature });
    expect(readLeaf(new X509Certificate(certPem))).toMatchObject({
      keyType,
      keyBits,
      signatureAlgorithm,
      namesIssuerPlace: false,
    });
  });

  it.each([
    ["SHA-1", "rsassaPss-sha1"],
    ["SHA-256", "rsassaPss"],
  ])("tells the hash of RSASSA-PSS where it is weak: %s", async (hash, signatureAlgorithm) => {
    const publicExponent = new Uint8Array([1, 0, 1]);
    const algorithm = { name: "RSA-PSS", modulusLength: 1024, publicExponent, hash, saltLength: 20 };
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: "CN=mx.example",
      keys,
      signingAlgorithm: algorithm,
    });
    expect(readLeaf(new X509Certificate(certificate.toString("pem"))).signatureAlgorithm).toBe(signatureAlgorithm);
  });

  it("has no names where the certificate has none", async () => {
    const { certPem } = await selfSigned({ subject: [["O", "Nobody"]] });
    expect(readLeaf(new X509Certificate(certPem))).toMatchObject({ dnsNames: [], addresses: [], commonName: null });
  });

  it("leaves out alternative names that can't be one", async () => {
    const { certPem } = await selfSigned({ names: ["good.example", "bad example", "evil.example, DNS:mx.example"] });
    expect(readLeaf(new X509Certificate(certPem)).dnsNames).toEqual(["good.example"]);
  });

  it("can be read of every root that Node trusts", () => {
    for (const pem of rootCertificates) {
      const leaf = readLeaf(new X509Certificate(pem));
      expect(leaf.subject).toMatch(/^\/[A-Za-z]+=./);
      expect(leaf.keyBits).toBeGreaterThan(250);
      expect(leaf.subject).toBe(leaf.issuer);
    }
  });
});

describe("names in OpenSSL's one-line form", () => {
  it("keeps the order of the DER", async () => {
    const { certPem } = await selfSigned({
      subject: [
        ["O", "Halon Security"],
        ["CN", "mail.duocircle.com"],
        ["E", "postmaster@duocircle.com"],
        ["C", "AU"],
        ["ST", "Some-State"],
      ],
    });
    expect(readLeaf(new X509Certificate(certPem)).subject).toBe(
      "/O=Halon Security/CN=mail.duocircle.com/emailAddress=postmaster@duocircle.com/C=AU/ST=Some-State",
    );
  });

  test.each([
    ["München", "/O=M\\xC3\\xBCnchen"],
    ["a\u001b[31m\r\nb\u0000", "/O=a\\x1B[31m\\x0D\\x0Ab\\x00"],
    ["see https://ca.example/cps (c)05", "/O=see https://ca.example/cps (c)05"],
    // What could be read as another attribute or as an escape is written as one.
    ["x/CN=mx.bank.example", "/O=x\\x2FCN=mx.bank.example"],
    ["x\\x41", "/O=x\\x5Cx41"],
    ["x\\y", "/O=x\\y"],
  ])("%j → %s", async (value, text) => {
    const { certPem } = await selfSigned({ subject: [["O", value]] });
    expect(readLeaf(new X509Certificate(certPem)).subject).toBe(text);
  });

  it("gives unknown attributes by number", async () => {
    const { certPem } = await selfSigned({ subject: [["1.3.6.1.4.1.99999.1", "x"]] });
    expect(readLeaf(new X509Certificate(certPem)).subject).toMatch(/^\/1\.3\.6\.1\.4\.1\.99999\.1=/);
  });

  it("shows the last common name, of UTF-16 too", () => {
    const cn = (tag: number, ...octets: number[]) => {
      const pair = [0x06, 0x03, 0x55, 0x04, 0x03, tag, octets.length, ...octets];
      return [0x31, pair.length + 2, 0x30, pair.length, ...pair];
    };
    const name = { tag: 0x30, content: Uint8Array.from([...cn(0x0c, 0x61), ...cn(0x1e, 0x00, 0x6d, 0x00, 0x78)]) };
    expect(lastCommonName(name)).toBe("mx");
    expect(oneLineName(name)).toBe("/CN=a/CN=\\x00m\\x00x");
  });
});

describe("DER", () => {
  test.each([
    ["a length past the end", [0x30, 0x05, 0x01]],
    ["an indefinite length", [0x30, 0x80, 0x00, 0x00]],
    ["a length of five octets", [0x30, 0x85, 0, 0, 0, 0, 0]],
    ["a tag number over 30", [0x1f, 0x81, 0x00, 0x00]],
    ["a tag and no more", [0x30]],
  ])("refuses %s", (_, octets) => expect(readElements(Uint8Array.from(octets))).toBeNull());

  it("neither throws nor invents octets, whatever it is given", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const total = (readElements(bytes) ?? []).reduce((sum, { content }) => sum + content.length, 0);
        expect(total).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});
