import { describe, expect, it } from "vitest";
import { nextThreshold } from "../../lib/judge/dates.ts";
import { judgeTarget } from "../../lib/judge/target.ts";
import type { CertificateFacts, TlsFacts } from "../../lib/model/observation.ts";
import {
  certificate,
  codes,
  day,
  encrypted,
  judge,
  leaf,
  look,
  mx,
  now,
  severityOf,
  under,
  withLeaf,
} from "./build.ts";

describe("who it is", () => {
  it("an anonymous suite is judged by its cipher and is unverified, never weak for being anonymous", () => {
    const anonymous = (cipher: Partial<TlsFacts> = {}) =>
      judge(encrypted({ protocol: "TLSv1.2", authenticated: false, ...cipher }, null));
    expect(anonymous()).toMatchObject({ verdict: "unverified", encryption: "strong", authentication: "anonymous" });
    expect(codes(anonymous())).toEqual(["cert.none"]);
    expect(anonymous({ cipher: "ADH-RC4-MD5", iana: "TLS_DH_anon_WITH_RC4_128_MD5", bits: 128 }).verdict).toBe("weak");
  });

  it.each<[string, Partial<CertificateFacts>, string, string]>([
    ["a self-signed certificate", { trust: "self-signed" }, "self-signed", "cert.self-signed"],
    ["a strange root", { trust: "untrusted-root" }, "untrusted", "cert.untrusted"],
    ["a wrong signature in the chain", { trust: "invalid-chain" }, "untrusted", "cert.untrusted"],
    ["an issuer past its end", { trust: "expired-issuer" }, "untrusted", "cert.untrusted"],
    ["a chain that was not checked", { trust: "not-checked" }, "unknown", "cert.untrusted"],
    ["another name", { leaf: leaf({ dnsNames: ["mail.duocircle.com"] }) }, "name-mismatch", "cert.name-mismatch"],
    ["a certificate past its end", { leaf: leaf({ notAfter: now - 1 }) }, "expired", "cert.expired"],
    ["one before its begin", { leaf: leaf({ notBefore: now + 1 }) }, "not-yet-valid", "cert.not-yet-valid"],
  ])("%s is unverified", (_, shown, authentication, code) => {
    const judged = judge(encrypted({}, certificate(shown)));
    expect(judged).toMatchObject({ verdict: "unverified", encryption: "strong", authentication });
    expect(codes(judged)).toEqual([code]);
  });

  it("says all that is wrong with one certificate, the first reason first", () => {
    const judged = judge(
      encrypted({}, certificate({ trust: "self-signed", leaf: leaf({ dnsNames: [], notAfter: now - 1 }) })),
    );
    expect(codes(judged)).toEqual(["cert.self-signed", "cert.expired", "cert.name-mismatch"]);
    expect(judged.authentication).toBe("self-signed");
  });

  it("a bare address is matched against the addresses in the certificate", () => {
    expect(judge(encrypted(), { reference: null }).authentication).toBe("name-mismatch");
    expect(judge(withLeaf({ addresses: ["93.184.215.14"] }), { reference: null }).verdict).toBe("secure");
  });

  it("a further name is judged by the certificate shown for it", () => {
    const own = certificate({ leaf: leaf({ dnsNames: ["mx.other.example"] }) });
    const known = { ...look(encrypted()), names: new Map([["mx.other.example", own]]) };
    expect(judgeTarget(known, under({ reference: "mx.other.example" })).verdict).toBe("secure");
    expect(judgeTarget({ ...known, names: new Map() }, under({ reference: "mx.other.example" })).verdict).toBe(
      "unverified",
    );
  });

  it.each<[string, CertificateFacts | null]>([
    ["could not be read", null],
    ["was not checked", certificate({ trust: "not-checked" })],
  ])("nobody is said to pose as a server whose certificate %s", (_, shown) => {
    const [found] = judge(encrypted({ seenBy: "hello" }, shown)).findings;
    expect(found).toMatchObject({
      code: "cert.untrusted",
      consequence: "mail is encrypted; who the server is could not be checked",
    });
  });

  it("of a session in clear only that is said", () => {
    const clear = { cipher: "NULL-SHA256", iana: "TLS_RSA_WITH_NULL_SHA256", bits: 0, seenBy: "hello" } as const;
    expect(codes(judge(encrypted(clear, certificate({ trust: "not-checked" }))))).toEqual(["tls.no-encryption"]);
  });

  it("a suite whose certificate could not be read is not proved", () => {
    expect(judge(encrypted({ seenBy: "hello" }, null))).toMatchObject({
      verdict: "unverified",
      authentication: "unknown",
    });
  });
});

describe("a chain that doesn't reach a root", () => {
  const sent = (...names: string[]) => names.map((name) => ({ sha256: name, subject: `/CN=${name}`, issuer: "/CN=?" }));
  const codesOf = (changes: Partial<CertificateFacts>, place: boolean) =>
    codes(
      judge(
        encrypted({}, certificate({ trust: "incomplete-chain", ...changes, leaf: leaf({ namesIssuerPlace: place }) })),
      ),
    );

  it("is incomplete where the leaf alone was sent and says where its issuer is published", () => {
    expect(codesOf({ chain: sent("leaf") }, true)).toEqual(["cert.incomplete-chain"]);
  });
  it("is called both where the leaf alone can't tell a forgotten intermediate from a private authority", () => {
    expect(codesOf({ chain: sent("leaf") }, false)).toEqual(["cert.incomplete-chain", "cert.untrusted"]);
    expect(codesOf({ chain: null }, false)).toEqual(["cert.incomplete-chain", "cert.untrusted"]);
  });
  it("is untrusted where intermediates were sent and their issuer is a stranger", () => {
    expect(codesOf({ chain: sent("leaf", "intermediate") }, true)).toEqual(["cert.untrusted"]);
  });
  it("the same certificate twice is said, as information", () => {
    const judged = judge(encrypted({}, certificate({ chain: sent("leaf", "leaf") })));
    expect([judged.verdict, codes(judged), severityOf(judged, "chain.duplicate")]).toEqual([
      "secure",
      ["chain.duplicate"],
      "info",
    ]);
  });
  it("tells which certificates are the same, and of many only the first", () => {
    const found = (...names: string[]) => judge(encrypted({}, certificate({ chain: sent(...names) }))).findings[0];
    expect(found("leaf", "above", "leaf", "above")?.evidence).toEqual([
      "certificates 1, 3: /CN=leaf",
      "certificates 2, 4: /CN=above",
    ]);
    expect(found(...Array.from({ length: 60 }, () => "leaf"))?.evidence).toEqual([
      "certificates 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, …: /CN=leaf",
    ]);
  });
});

describe("near its end: less than a third of the lifetime and less than 21 days", () => {
  const left = (days: number, lifetime: number) =>
    judge(withLeaf({ notAfter: now + days * day, notBefore: now - (lifetime - days) * day }));

  it.each([
    [20, 90, true],
    [22, 90, false],
    [29, 90, false],
    [5, 6, false],
    [3, 6, false],
    [1.9, 6, true],
    [20, 365, true],
    [21, 365, false],
  ])("%s of %s days left: %s", (days, lifetime, expiring) => {
    const judged = left(days, lifetime);
    expect(judged.verdict).toBe("secure");
    expect(codes(judged)).toEqual(expiring ? ["cert.expiring"] : []);
    if (expiring) expect(severityOf(judged, "cert.expiring")).toBe("warning");
  });

  it("is judged again exactly when it changes", () => {
    const dated = leaf({ notBefore: now + day, notAfter: now + 91 * day });
    const first = nextThreshold(dated, now);
    expect(first).toBe(dated.notBefore);
    const second = nextThreshold(dated, now + 2 * day);
    expect(second).toBe(dated.notAfter - 21 * day + 1);
    const at = (moment: number) =>
      codes(judge(encrypted({}, certificate({ leaf: dated })), { now: moment }, { at: moment }));
    expect(at((second ?? 0) - 1)).toEqual([]);
    expect(at(second ?? 0)).toEqual(["cert.expiring"]);
    expect(at(dated.notAfter)).toEqual(["cert.expiring"]);
    expect(at(nextThreshold(dated, now + 80 * day) ?? 0)).toEqual(["cert.expired"]);
    expect(nextThreshold(dated, dated.notAfter + 1)).toBeNull();
  });
});

it("names the reference and what the certificate holds", () => {
  const judged = judge(withLeaf({ dnsNames: ["mail.duocircle.com"] }));
  expect(judged.findings[0]?.evidence).toEqual([`${mx} is not among: mail.duocircle.com`]);
});

it("says that a common name doesn't count (RFC 9525 §2)", () => {
  const evidence = (commonName: string | null) => judge(withLeaf({ dnsNames: [], commonName })).findings[0]?.evidence;
  expect(evidence(mx)).toEqual([`${mx} is not among: no name (its common name ${mx} doesn't count)`]);
  expect(evidence(null)).toEqual([`${mx} is not among: no name`]);
});
