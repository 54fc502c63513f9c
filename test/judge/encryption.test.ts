import { describe, expect, it } from "vitest";
import type { Outcome, TlsFacts } from "../../lib/model/observation.ts";
import { codes, encrypted, judge, requirement, severityOf, withLeaf } from "./build.ts";

describe("the floor", () => {
  const aes128 = {
    protocol: "TLSv1.2",
    cipher: "AES128-GCM-SHA256",
    iana: "TLS_RSA_WITH_AES_128_GCM_SHA256",
    bits: 128,
  } as const;
  const of = (cipher: string, iana: string, bits: number, more: Partial<TlsFacts> = {}) =>
    encrypted({ protocol: "TLSv1.2", cipher, iana, bits, ...more });

  it.each<[string, Outcome, string]>([
    ["TLS 1.1", encrypted({ protocol: "TLSv1.1" }), "tls.protocol-weak"],
    ["TLS 1.0", encrypted({ protocol: "TLSv1" }), "tls.protocol-weak"],
    ["SSL 3", encrypted({ protocol: "SSLv3" }), "tls.protocol-weak"],
    ["RC4", of("RC4-SHA", "TLS_RSA_WITH_RC4_128_SHA", 128), "tls.cipher-weak"],
    [
      "3DES that only the hello showed",
      of("DES-CBC3-SHA", "TLS_RSA_WITH_3DES_EDE_CBC_SHA", 168, { seenBy: "hello" }),
      "tls.cipher-weak",
    ],
    ["DES", of("DES-CBC-SHA", "TLS_RSA_WITH_DES_CBC_SHA", 56), "tls.cipher-weak"],
    ["EXPORT", of("EXP-RC4-MD5", "TLS_RSA_EXPORT_WITH_RC4_40_MD5", 40), "tls.cipher-weak"],
    ["112 bits", of("X", "TLS_X_WITH_Y", 112), "tls.cipher-weak"],
    ["DH 1024", encrypted({ protocol: "TLSv1.2", group: "dh", groupBits: 1024 }), "tls.key-exchange-weak"],
    [
      "a 192-bit curve",
      encrypted({ protocol: "TLSv1.2", group: "secp192r1", groupBits: 192 }),
      "tls.key-exchange-weak",
    ],
    ["RSA 1024", withLeaf({ keyBits: 1024 }), "cert.weak-key"],
    ["EC 192", withLeaf({ keyType: "ec", keyBits: 192 }), "cert.weak-key"],
    ["SHA-1", withLeaf({ signatureAlgorithm: "sha1WithRSAEncryption" }), "cert.weak-signature"],
    ["ECDSA with SHA-1", withLeaf({ signatureAlgorithm: "ecdsa-with-SHA1" }), "cert.weak-signature"],
    ["MD5", withLeaf({ signatureAlgorithm: "md5WithRSAEncryption" }), "cert.weak-signature"],
  ])("%s is weak", (_, outcome, code) => {
    const judged = judge(outcome);
    expect([judged.verdict, judged.encryption]).toEqual(["weak", "weak"]);
    expect(severityOf(judged, code)).toBe("warning");
  });

  it.each<[string, Outcome]>([
    [
      "TLS 1.2 with GCM",
      encrypted({ ...aes128, cipher: "ECDHE-RSA-AES128-GCM-SHA256", iana: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" }),
    ],
    ["DH 2048", encrypted({ group: "dh", groupBits: 2048 })],
    ["P-224", encrypted({ group: "secp224r1", groupBits: 224 })],
    ["a hybrid group of no known size", encrypted({ group: "x25519mlkem768", groupBits: null })],
    ["P-256 key", withLeaf({ keyType: "ec", keyBits: 256, signatureAlgorithm: "ecdsa-with-SHA256" })],
    ["Ed25519 key", withLeaf({ keyType: "ed25519", keyBits: 256, signatureAlgorithm: "ED25519" })],
    ["SHA-512", withLeaf({ signatureAlgorithm: "sha512WithRSAEncryption" })],
  ])("%s passes without a word", (_, outcome) => {
    expect(judge(outcome)).toMatchObject({ verdict: "secure", findings: [] });
  });

  it.each<[string, Outcome, string, string]>([
    [
      "CBC with HMAC-SHA1",
      of("ECDHE-RSA-AES256-SHA", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", 256),
      "tls.cipher-weak",
      "info",
    ],
    [
      "CBC with HMAC-SHA256",
      of("ECDHE-RSA-AES128-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", 128),
      "tls.cipher-weak",
      "info",
    ],
    [
      "static RSA",
      encrypted({ ...aes128, group: null, groupBits: null, forwardSecret: false }),
      "tls.no-forward-secrecy",
      "warning",
    ],
  ])("%s passes with a finding", (_, outcome, code, severity) => {
    const judged = judge(outcome);
    expect(judged.verdict).toBe("secure");
    expect(codes(judged)).toEqual([code]);
    expect(severityOf(judged, code)).toBe(severity);
  });

  it("is the requirement's own where it has one", () => {
    const static12 = encrypted({ ...aes128, group: null, groupBits: null, forwardSecret: false });
    expect(judge(static12, { require: requirement({ forwardSecrecy: true }) }).verdict).toBe("weak");
    expect(judge(encrypted(aes128), { require: requirement({ protocol: "TLSv1.3" }) }).verdict).toBe("weak");
    expect(judge(encrypted(aes128), { require: requirement({ cipherBits: 256 }) }).verdict).toBe("weak");
    expect(judge(encrypted({ protocol: "TLSv1" }), { require: requirement({ protocol: "TLSv1" }) }).verdict).toBe(
      "secure",
    );
    expect(judge(withLeaf({}), { require: requirement({ rsaBits: 3072 }) }).verdict).toBe("weak");
  });
});
