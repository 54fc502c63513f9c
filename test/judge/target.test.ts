import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAnswer, markOf } from "../../lib/judge/answer.ts";
import { nextThreshold } from "../../lib/judge/dates.ts";
import { judgeTarget, lookOf, type Under } from "../../lib/judge/target.ts";
import type { CertificateFacts, Leaf, Observation, Outcome, TlsFacts } from "../../lib/model/observation.ts";
import {
  certificate,
  day,
  encrypted,
  every,
  leaf,
  look,
  losses,
  minute,
  mx,
  now,
  observation,
  reply,
  requirement,
  silences,
  under,
} from "./build.ts";

const judge = (outcome: Outcome, changes: Partial<Under> = {}, of: Partial<Observation> = {}) =>
  judgeTarget(lookOf(observation(outcome, of)), under(changes));
const codes = (judged: { readonly findings: readonly { readonly code: string }[] }) =>
  judged.findings.map(({ code }) => code);
const severityOf = (judged: ReturnType<typeof judge>, code: string) =>
  judged.findings.find((found) => found.code === code)?.severity;
const withLeaf = (changes: Partial<Leaf>, of: Partial<CertificateFacts> = {}) =>
  encrypted({}, certificate({ ...of, leaf: leaf(changes) }));

describe("only the server's own word is a loss (design rule 3)", () => {
  it.each<[string, Outcome, string[]]>([
    ["EHLO without STARTTLS", { kind: "starttls-absent", how: "absent" }, ["starttls.absent"]],
    ["EHLO unknown, HELO accepted", { kind: "starttls-absent", how: "helo-only" }, ["starttls.absent"]],
    ["XXXXXXXA", { kind: "starttls-absent", how: "masked" }, ["starttls.absent", "starttls.masked-in-path"]],
    ["5xx to STARTTLS", { kind: "starttls-refused", reply: reply(554, "no") }, ["starttls.refused"]],
    ["an alert to every hello", losses[4] as Outcome, ["tls.handshake-failed"]],
    ["a NULL suite", losses[5] as Outcome, ["tls.no-encryption"]],
  ])("%s is lost", (_, outcome, expected) => {
    const judged = judge(outcome);
    expect(judged.verdict).toBe("lost");
    expect(judged.encryption).toBe("none");
    for (const code of expected) {
      expect(codes(judged)).toContain(code);
      expect(severityOf(judged, code)).toBe("critical");
    }
  });

  it.each(silences.map((outcome) => [outcome.kind, outcome] as const))("%s is never lost", (_, outcome) => {
    const judged = judge(outcome);
    expect(judged.verdict).toBe("unknown");
    expect(judged.encryption).toBe("unknown");
    expect(judged.findings).toHaveLength(1);
    expect(judged.findings[0]?.severity).toBe("warning");
  });

  it.each<[string, Outcome, string]>([
    ["454 to STARTTLS", { kind: "starttls-not-now", reply: reply(454, "no") }, "starttls.temporarily-unavailable"],
    [
      "421 to STARTTLS",
      { kind: "temporarily-refused", stage: "starttls", reply: reply(421) },
      "starttls.temporarily-unavailable",
    ],
    ["421 for a banner", { kind: "temporarily-refused", stage: "banner", reply: reply(421) }, "unreachable"],
    ["554 for a banner", { kind: "refused-by-policy", stage: "banner", reply: reply(554) }, "refused-by-policy"],
    ["550 to EHLO", { kind: "refused-by-policy", stage: "ehlo", reply: reply(550) }, "refused-by-policy"],
    ["a private address", { kind: "forbidden", range: "10.0.0.0/8" }, "address.forbidden"],
    ["a time-out", { kind: "no-answer", stage: "connect", silence: "timeout" }, "unreachable"],
    ["a reset in the handshake", silences.at(-1) as Outcome, "unreachable"],
    ["what isn't SMTP", { kind: "not-smtp", line: "HTTP/1.1" }, "unreachable"],
    ["too much", { kind: "too-much", what: "plaintext" }, "unreachable"],
  ])("%s is called by its name", (_, outcome, code) => {
    expect(codes(judge(outcome))).toEqual([code]);
  });

  it("shows the lines that decided", () => {
    expect(
      judge({ kind: "refused-by-policy", stage: "ehlo", reply: reply(550, "5.7.1 blocked", "see bl.example") })
        .findings[0]?.evidence,
    ).toEqual(["550 5.7.1 blocked", "550 see bl.example"]);
    const offered = { before: { PIPELINING: "", XXXXXXXA: "" }, after: null };
    const masked = judge({ kind: "starttls-absent", how: "masked" }, {}, { capabilities: offered });
    expect(masked.findings.map(({ evidence }) => evidence)).toEqual([["offered: PIPELINING, XXXXXXXA"], ["XXXXXXXA"]]);
  });

  it("does not believe facts that are no answer", () => {
    const facts = observation({ kind: "no-answer", stage: "banner", silence: "timeout" });
    expect(judgeTarget({ ...look(encrypted()), facts }, under()).verdict).toBe("unknown");
  });
});

describe("answers and the ledger's marks", () => {
  it("tells answers from silence", () => {
    for (const outcome of losses) expect([isAnswer(outcome), markOf(outcome)]).toEqual([true, "clear"]);
    for (const outcome of silences) {
      expect([isAnswer(outcome), markOf(outcome)]).toEqual([
        false,
        outcome.kind === "forbidden" ? "not-tried" : "no-answer",
      ]);
    }
    expect([isAnswer(encrypted()), markOf(encrypted())]).toEqual([true, "tls"]);
  });
});

describe("strong TLS with proof", () => {
  it("is secure, and says nothing", () => {
    expect(judge(encrypted())).toEqual({
      verdict: "secure",
      encryption: "strong",
      authentication: "pkix",
      findings: [],
      lastKnown: null,
      counts: true,
    });
  });

  it("tells plaintext behind the 220 (CVE-2021-38371) without changing the verdict", () => {
    const judged = judge(encrypted(), {}, { leftover: "250 injected" });
    expect([judged.verdict, codes(judged)]).toEqual(["secure", ["starttls.response-injected"]]);
  });
});

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

describe("the last judged state is carried (design rule 2)", () => {
  const timeout: Outcome = { kind: "no-answer", stage: "connect", silence: "timeout" };
  const lost: Outcome = { kind: "starttls-absent", how: "absent" };

  it("nothing was seen yet: unknown without a word", () => {
    expect(judgeTarget(look(null), under())).toMatchObject({ verdict: "unknown", findings: [], counts: true });
  });

  it("holds for three intervals, with the failure beside it", () => {
    const judged = judgeTarget(look(encrypted(), timeout, 3 * every), under());
    expect([judged.verdict, judged.lastKnown, codes(judged)]).toEqual(["secure", null, ["unreachable"]]);
  });

  it("is stale afterwards, and what was known is shown", () => {
    const judged = judgeTarget(look(lost, timeout, 3 * every + 1), under());
    expect([judged.verdict, judged.lastKnown]).toEqual(["stale", "lost"]);
    expect(codes(judged)).toEqual(["starttls.absent", "unreachable"]);
  });

  it("is stale when we ourselves stopped looking, too", () => {
    expect(judgeTarget(look(encrypted(), null, 60 * minute), under())).toMatchObject({
      verdict: "stale",
      lastKnown: "secure",
    });
  });
  it("no silence makes a loss, and none heals one", () => {
    fc.assert(
      fc.property(fc.constantFrom(...silences), fc.integer({ min: 0, max: 100 * every }), (silence, age) => {
        const known = judgeTarget(look(encrypted(), silence, age), under());
        const broken = judgeTarget(look(lost, silence, age), under());
        expect(["secure", "stale"]).toContain(known.verdict);
        expect(["lost", "stale"]).toContain(broken.verdict);
        expect([known.lastKnown ?? known.verdict, broken.lastKnown ?? broken.verdict]).toEqual(["secure", "lost"]);
      }),
    );
  });
});

describe("refused from outside, as it should be (design rule 6)", () => {
  const refused: Outcome = { kind: "no-answer", stage: "connect", silence: "refused" };
  const policy: Outcome = { kind: "refused-by-policy", stage: "banner", reply: reply(554, "5.7.1 access denied") };
  const downstream = { hop: "downstream", outside: true } as const;

  it.each([
    ["a closed port", refused],
    ["554 for a banner", policy],
  ] as const)("%s on the downstream hop does not count", (_, outcome) => {
    const judged = judge(outcome, downstream);
    expect(judged).toMatchObject({ verdict: "unknown", counts: false });
    expect([codes(judged), severityOf(judged, "downstream.not-exposed")]).toEqual([["downstream.not-exposed"], "info"]);
  });

  it.each<[string, Outcome, Partial<Under>]>([
    ["from a vantage inside", refused, { hop: "downstream", outside: false }],
    ["on the gateway hop", policy, { hop: "gateway", outside: true }],
    ["by silence", { kind: "no-answer", stage: "connect", silence: "timeout" }, downstream],
  ])("counts %s", (_, outcome, changes) => {
    expect(judge(outcome, changes).counts).toBe(true);
  });

  it("counts where it was seen before: then it is down", () => {
    expect(judgeTarget(look(encrypted(), refused), under(downstream))).toMatchObject({
      verdict: "secure",
      counts: true,
    });
  });

  it("counts a private address whose port is closed: who dials it stands inside", () => {
    const target = { address: "127.0.0.1", port: 2525, tls: "starttls" } as const;
    expect(codes(judge(refused, downstream, { target }))).toEqual(["unreachable"]);
    expect(codes(judge(policy, downstream, { target }))).toEqual(["downstream.not-exposed"]);
  });
});

it("names the reference and what the certificate holds", () => {
  const judged = judge(withLeaf({ dnsNames: ["mail.duocircle.com"] }));
  expect(judged.findings[0]?.evidence).toEqual([`${mx} is not among: mail.duocircle.com`]);
});
