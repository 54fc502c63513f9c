import * as tls from "node:tls";
import { createServer, type SecureVersion } from "node:tls";
import { describe, expect, it, test } from "vitest";
import { registeredSuites } from "../../../lib/protocols/tls/suite-table.ts";
import { suiteByCode, suiteByName, suites } from "../../../lib/protocols/tls/suites.ts";
import { selfSigned } from "../../fakes/certificates.ts";

describe("the table of cipher suites", () => {
  it("knows every suite that our TLS library lists", () => {
    const known = new Set(suites.map(({ openssl }) => openssl.toLowerCase()));
    expect(tls.getCiphers().filter((name) => !known.has(name))).toEqual([]);
  });

  it("has all of the registry, whose count of 2026 was 350 without its two signalling values", () => {
    const lines = registeredSuites.trim().split("\n");
    expect(lines).toHaveLength(350);
    expect(lines.filter((line) => !/^[0-9A-F]{4} TLS_[A-Za-z0-9_]+ [A-Za-z0-9_-]+$/.test(line))).toEqual([]);
    expect([...lines].sort()).toEqual(lines);
  });

  it("tells apart what is within the cipher, and what a hash keeps", () => {
    const by = (name: string) => suiteByName(name)?.integrity;
    expect(
      ["AES128-GCM-SHA256", "TLS_AES_128_CCM_8_SHA256", "CAMELLIA256-SHA256", "RC4-MD5", "AES256-SHA"].map(by),
    ).toEqual(["AEAD", "AEAD", "SHA256", "MD5", "SHA1"]);
    expect(suiteByName("TLS_SHA256_SHA256")).toMatchObject({ cipher: "NULL", bits: 0, tls13: true });
  });

  it("has each code and each name once", () => {
    expect(new Set(suites.map(({ code }) => code)).size).toBe(suites.length);
    expect(new Set(suites.map(({ iana }) => iana)).size).toBe(suites.length);
    expect(new Set(suites.map(({ openssl }) => openssl)).size).toBe(suites.length);
  });

  it("knows the strength of every bulk cipher", () => {
    const unknown = suites.filter(({ bits, cipher }) => bits === 0 && cipher !== "NULL");
    expect(unknown).toEqual([]);
    expect([...new Set(suites.map(({ bits }) => bits))].sort((a, b) => a - b)).toEqual([0, 40, 56, 112, 128, 256]);
  });

  test.each([
    ["AES128-SHA", 0x002f, "rsa", "rsa", "AES_128_CBC", 128, false],
    ["ECDHE-RSA-AES256-GCM-SHA384", 0xc030, "ecdhe", "rsa", "AES_256_GCM", 256, true],
    ["ECDHE-ECDSA-CHACHA20-POLY1305", 0xcca9, "ecdhe", "ecdsa", "CHACHA20_POLY1305", 256, true],
    ["TLS_AES_128_GCM_SHA256", 0x1301, "any", "any", "AES_128_GCM", 128, true],
    ["TLS_AES_128_CCM_8_SHA256", 0x1305, "any", "any", "AES_128_CCM_8", 128, true],
    ["DES-CBC3-SHA", 0x000a, "rsa", "rsa", "3DES_EDE_CBC", 112, false],
    ["RC4-MD5", 0x0004, "rsa", "rsa", "RC4_128", 128, false],
    ["EXP-RC4-MD5", 0x0003, "rsa", "rsa", "RC4_40", 40, false],
    ["EXP-RC2-CBC-MD5", 0x0006, "rsa", "rsa", "RC2_CBC_40", 40, false],
    ["EXP1024-RC4-SHA", 0x0064, "rsa", "rsa", "RC4_56", 56, false],
    ["DES-CBC-SHA", 0x0009, "rsa", "rsa", "DES_CBC", 56, false],
    ["NULL-SHA256", 0x003b, "rsa", "rsa", "NULL", 0, false],
    ["ADH-AES256-GCM-SHA384", 0x00a7, "dhe", "anonymous", "AES_256_GCM", 256, true],
    ["AECDH-NULL-SHA", 0xc015, "ecdhe", "anonymous", "NULL", 0, true],
    ["ECDH-RSA-AES128-SHA", 0xc00e, "ecdh", "rsa", "AES_128_CBC", 128, false],
    ["DHE-DSS-AES128-SHA", 0x0032, "dhe", "dss", "AES_128_CBC", 128, true],
    ["SEED-SHA", 0x0096, "rsa", "rsa", "SEED_CBC", 128, false],
  ] as const)("%s", (name, code, keyExchange, authentication, cipher, bits, forwardSecret) => {
    const suite = suiteByName(name);
    expect(suite).toMatchObject({ code, keyExchange, authentication, cipher, bits, forwardSecret });
    expect(suiteByCode(code)).toBe(suite);
    expect(suiteByName(suite?.iana ?? "")).toBe(suite);
  });

  it("agrees with our TLS library on names", async () => {
    const { certPem, keyPem } = await selfSigned({ names: ["mx.example"], key: "rsa2048" });
    const names = ["AES128-SHA", "CAMELLIA256-SHA256", "NULL-SHA256", "AECDH-AES128-SHA", "ECDHE-ARIA256-GCM-SHA384"];
    for (const ciphers of names) {
      const version: { minVersion: SecureVersion; maxVersion: SecureVersion; ciphers: string } = {
        minVersion: "TLSv1.2",
        maxVersion: "TLSv1.2",
        ciphers: `${ciphers}:@SECLEVEL=0`,
      };
      const server = createServer({ cert: certPem, key: keyPem, ...version });
      await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
      const { port } = server.address() as { port: number };
      const { name, standardName } = await new Promise<tls.CipherNameAndProtocol>((resolve, reject) => {
        const client = tls.connect({ host: "127.0.0.1", port, rejectUnauthorized: false, ...version }, () => {
          resolve(client.getCipher());
          client.destroy();
        });
        client.once("error", reject);
      });
      server.close();
      expect(suiteByName(name)?.iana).toBe(standardName);
    }
  });
});
