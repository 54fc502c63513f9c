import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { readLeaf } from "../../../lib/protocols/x509/leaf.ts";
import { matchesName } from "../../../lib/protocols/x509/names.ts";
import { issue, makeCa, selfSigned } from "../../fakes/certificates.ts";

const of = (...dnsNames: string[]) => ({ dnsNames, addresses: [] });

describe("DNS names (RFC 9525 §6.3)", () => {
  test.each([
    ["mx.example", "mx.example", true],
    ["mx.example", "MX.Example", true],
    ["mx.example", "mx.example.", true],
    ["mx.example", "mail.mx.example", false],
    ["mx.example", "example", false],
    ["mx.example.", "mx.example", false],
    ["*.mx.example", "a.mx.example", true],
    ["*.mx.example", "A.MX.example.", true],
    ["*.mx.example", "xn--bcher-kva.mx.example", true],
    // One label, whole, left-most.
    ["*.mx.example", "mx.example", false],
    ["*.mx.example", "a.b.mx.example", false],
    ["*.mx.example", ".mx.example", false],
    ["a*.mx.example", "ab.mx.example", false],
    ["*a.mx.example", "ba.mx.example", false],
    ["xn--*.mx.example", "xn--a.mx.example", false],
    ["mx.*.example", "mx.a.example", false],
    ["*.*.mx.example", "a.b.mx.example", false],
    // Not over a whole public suffix.
    ["*.com", "mx.com", false],
    ["*", "localhost", false],
    ["*.", "localhost", false],
    ["xn--bcher-kva.example", "xn--bcher-kva.example", true],
    ["localhost", "localhost", true],
    ["mx.example", "", false],
    ["mx.example", ".", false],
  ])("%s and %s: %s", (presented, reference, matches) => {
    expect(matchesName(of(presented), reference)).toBe(matches);
  });

  it("looks at every name", () => expect(matchesName(of("a.example", "b.example"), "b.example")).toBe(true));
  it("matches nothing where there is none", () => expect(matchesName(of(), "mx.example")).toBe(false));
});

describe("addresses (RFC 9525 §6.5)", () => {
  const leaf = { dnsNames: ["192.0.2.9", "2001:db8::9"], addresses: ["192.0.2.1", "2001:db8::1"] };
  test.each([
    ["192.0.2.1", true],
    ["2001:db8::1", true],
    ["2001:DB8:0:0:0:0:0:1", true],
    ["192.0.2.2", false],
    // Never against a dNSName that looks like one.
    ["192.0.2.9", false],
    ["2001:db8::9", false],
  ])("%s: %s", (reference, matches) => expect(matchesName(leaf, reference)).toBe(matches));
});

it("never takes the common name for the server's name", async () => {
  const { certPem } = await selfSigned({ subject: [["CN", "mx.example"]] });
  expect(matchesName(readLeaf(new X509Certificate(certPem)), "mx.example")).toBe(false);
});

it("says what OpenSSL's strict check says", async () => {
  const ca = await makeCa({ name: "Root" });
  const presented = [
    "mx.example",
    "*.example.com",
    "*.com",
    "m*.example.net",
    "*.a.b.example",
    "xn--bcher-kva.example",
    "*",
  ];
  const certificates = await Promise.all(
    presented.map(async (name) => new X509Certificate((await issue(ca, { names: [name] })).certPem)),
  );
  const label = fc.constantFrom("mx", "a", "b", "example", "com", "net", "xn--bcher-kva", "m1", "*", "");
  fc.assert(
    fc.property(
      fc.constantFrom(...certificates),
      fc.array(label, { minLength: 1, maxLength: 4 }),
      fc.constantFrom("", "."),
      (certificate, labels, dot) => {
        const reference = labels.join(".");
        fc.pre(reference !== "" && !reference.endsWith(".") && !reference.startsWith(".") && isIP(reference) === 0);
        const strict = certificate.checkHost(reference, {
          subject: "never",
          wildcards: true,
          partialWildcards: false,
          multiLabelWildcards: false,
          singleLabelSubdomains: false,
        });
        expect(matchesName(readLeaf(certificate), reference + dot)).toBe(strict !== undefined);
      },
    ),
    { numRuns: 2_000 },
  );
});
