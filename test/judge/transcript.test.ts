import { describe, expect, it, test } from "vitest";
import { type Row, transcriptHeader, transcriptRows } from "../../lib/judge/transcript.ts";
import type {
  CertificateFacts,
  Leaf,
  Observation,
  Outcome,
  TlsFacts,
  TranscriptLine,
} from "../../lib/model/observation.ts";

const leaf: Leaf = {
  sha256: "00",
  subject: "/CN=mx.example",
  issuer: "/CN=Authority",
  serial: "01",
  dnsNames: ["mx.example"],
  addresses: [],
  commonName: "mx.example",
  notBefore: 0,
  notAfter: 90 * 86_400_000,
  keyType: "ec",
  keyBits: 256,
  signatureAlgorithm: "ecdsa-with-SHA256",
  namesIssuerPlace: true,
};
const certificate: CertificateFacts = {
  leaf,
  trust: "trusted",
  chain: [
    { sha256: "00", subject: "/CN=mx.example", issuer: "/CN=Authority" },
    { sha256: "01", subject: "/CN=Authority", issuer: "/CN=Root" },
  ],
};
const tls: TlsFacts = {
  protocol: "TLSv1.3",
  cipher: "TLS_AES_256_GCM_SHA384",
  iana: "TLS_AES_256_GCM_SHA384",
  bits: 256,
  group: "x25519",
  groupBits: 253,
  forwardSecret: true,
  authenticated: true,
  seenBy: "library",
};

/** `< 220 mx`, `> EHLO me`, `~> QUIT`, `~< 221`, `# note`: one line each, ten milliseconds apart. */
function dialogue(...lines: string[]): TranscriptLine[] {
  return lines.map((line, index) => {
    const [, tilde, mark, text = ""] = /^(~?)([<>#]) (.*)$/.exec(line) ?? [];
    const at = 10 * (index + 1);
    if (mark === "#") return { at, kind: "note", text };
    return { at, kind: mark === ">" ? "sent" : "received", encrypted: tilde === "~", text };
  });
}

function observed(outcome: Outcome, transcript: TranscriptLine[], part: Partial<Observation> = {}): Observation {
  return {
    target: { address: "192.0.2.25", port: 25, tls: "starttls" },
    vantage: "here",
    at: 86_400_000,
    host: "mx.example",
    sni: "mx.example",
    outcome,
    banner: null,
    capabilities: { before: { STARTTLS: "" }, after: null },
    leftover: null,
    envelope: null,
    timings: { connect: 5 },
    transcript,
    ...part,
  };
}

const text = (rows: readonly Row[]) => rows.map((row) => (row.mark === null ? row.text : `${row.mark} ${row.text}`));
const inClear = ["< 220 mx.example", "> EHLO me", "< 250-mx.example", "< 250 STARTTLS", "> STARTTLS", "< 220 go"];
const inClearRows = [
  "Connected to server",
  "<-- 220 mx.example",
  "We are allowed to connect",
  "--> EHLO me",
  "<-- 250-mx.example 250 STARTTLS",
  "We can use this server",
  "TLS is an option on this server",
  "--> STARTTLS",
  "<-- 220 go",
  "STARTTLS command works on this server",
];

describe("the header", () => {
  const observation = observed({ kind: "forbidden", range: "x" }, []);
  const at = (part: Partial<Observation>, preference: number | null) =>
    transcriptHeader({ ...observation, ...part }, preference);
  it("names host, address and preference", () => expect(at({}, 10)).toBe("Trying TLS on mx.example[192.0.2.25] (10):"));
  it("has the preference of a lone host where no MX named it", () => {
    expect(at({}, null)).toBe("Trying TLS on mx.example[192.0.2.25] (0):");
  });
  it("gives the address for the name that isn't there", () => {
    expect(at({ host: null }, null)).toBe("Trying TLS on 192.0.2.25[192.0.2.25] (0):");
  });
});

describe("a probe that went through", () => {
  const encrypted = (part: Partial<CertificateFacts> = {}): Outcome => ({
    kind: "encrypted",
    tls,
    certificate: { ...certificate, ...part },
  });
  const after = ["~> EHLO me", "~< 250 mx.example", "~> QUIT", "~< 221 bye"];
  const afterRows = [
    "~~> EHLO me",
    "<~~ 250 mx.example",
    "TLS successfully started on this server",
    "~~> QUIT",
    "<~~ 221 bye",
  ];

  it("tells what each answer means", () => {
    expect(text(transcriptRows(observed(encrypted(), dialogue(...inClear, ...after))))).toEqual([
      ...inClearRows,
      "Cipher in use: TLS_AES_256_GCM_SHA384",
      "Connection converted to SSL",
      "Certificate 1 of 2 in chain: subject= /CN=mx.example issuer= /CN=Authority",
      "Certificate 2 of 2 in chain: subject= /CN=Authority issuer= /CN=Root",
      "Cert VALIDATED: ok",
      "Cert Hostname VERIFIED (mx.example = mx.example)",
      ...afterRows,
    ]);
  });

  it("gives the joined reply the time of its last line, and the certificate that of the handshake", () => {
    const observation = observed(encrypted(), dialogue(...inClear, ...after), {
      timings: { connect: 5, handshake: 64 },
    });
    const rows = transcriptRows(observation);
    const secondsOf = (start: string) => rows.find((row) => row.text.startsWith(start))?.seconds;
    expect(secondsOf("Connected")).toBe(0.005);
    expect(secondsOf("250-mx.example")).toBe(0.04);
    expect(secondsOf("TLS is an option")).toBe(0.04);
    expect(secondsOf("Certificate 2")).toBe(0.064);
    expect(secondsOf("221")).toBe(0.1);
  });

  const session = (outcome: Outcome, part: Partial<Observation> = {}) => {
    const rows = text(transcriptRows(observed(outcome, dialogue(...inClear, ...after), part)));
    return rows.slice(
      rows.findIndex((row) => row.startsWith("Cipher")),
      rows.indexOf("~~> EHLO me"),
    );
  };

  test.each([
    ["self-signed", "self signed certificate"],
    ["untrusted-root", "self signed certificate in certificate chain"],
    ["incomplete-chain", "unable to get local issuer certificate"],
    ["invalid-chain", "invalid certificate chain"],
    ["expired-issuer", "an issuer's certificate is outside its dates"],
    ["not-checked", "not checked"],
  ] as const)("trust %s: the domain is not verified", (trust, why) => {
    expect(session(encrypted({ trust }))).toEqual(
      expect.arrayContaining([
        `Cert NOT VALIDATED: ${why}`,
        "So email is encrypted but the domain is not verified",
        "Cert Hostname VERIFIED (mx.example = mx.example)",
      ]),
    );
  });

  test.each([
    [{ notAfter: 86_399_999 }, "certificate has expired"],
    [{ notBefore: 86_400_001 }, "certificate is not yet valid"],
  ])("dates of a trusted leaf: %j", (dates, why) => {
    expect(session(encrypted({ leaf: { ...leaf, ...dates } }))).toContain(`Cert NOT VALIDATED: ${why}`);
  });

  test.each([
    [{ dnsNames: ["a.example", "b.example"] }, "Cert Hostname DOES NOT VERIFY (mx.example != a.example | b.example)"],
    [{ dnsNames: [] }, "Cert Hostname DOES NOT VERIFY (mx.example != mx.example)"],
    [{ dnsNames: [], commonName: "cn.example" }, "Cert Hostname DOES NOT VERIFY (mx.example != cn.example)"],
    [{ dnsNames: [], commonName: null }, "Cert Hostname DOES NOT VERIFY (mx.example != no name)"],
    [
      { dnsNames: ["1.a", "2.a", "3.a", "4.a", "5.a", "6.a", "7.a"] },
      "Cert Hostname DOES NOT VERIFY (mx.example != 1.a | 2.a | 3.a | 4.a | 5.a | 2 more)",
    ],
  ])("names that don't match: %j", (names, row) => {
    const rows = session(encrypted({ leaf: { ...leaf, ...names } }));
    expect(rows).toContain("Cert VALIDATED: ok");
    expect(rows.slice(-2)).toEqual([row, "So email is encrypted but the host is not verified"]);
  });

  it("names the wildcard that matched", () => {
    const rows = session(encrypted({ leaf: { ...leaf, dnsNames: ["a.example", "*.mx.example"] } }), {
      host: "a.mx.example",
    });
    expect(rows.at(-1)).toBe("Cert Hostname VERIFIED (a.mx.example = *.mx.example)");
  });

  it("compares a bare address with the addresses of the certificate", () => {
    const rows = session(encrypted({ leaf: { ...leaf, addresses: ["192.0.2.25"] } }), { host: null });
    expect(rows.at(-1)).toBe("Cert Hostname VERIFIED (192.0.2.25 = 192.0.2.25)");
  });

  it("shows the leaf alone where the chain was not read", () => {
    expect(session(encrypted({ chain: null }))).toContain("Certificate: subject= /CN=mx.example issuer= /CN=Authority");
  });

  it("doesn't call NULL encryption", () => {
    const rows = session({
      kind: "encrypted",
      tls: { ...tls, cipher: "NULL-SHA256", bits: 0 },
      certificate: { ...certificate, trust: "self-signed" },
    });
    expect(rows[0]).toBe("Cipher in use: NULL-SHA256 (no encryption)");
    expect(rows).toContain("So email is not encrypted and the domain is not verified");
  });

  it("verifies nothing of an anonymous server", () => {
    expect(
      session({
        kind: "encrypted",
        tls: { ...tls, cipher: "AECDH-AES256-SHA", authenticated: false },
        certificate: null,
      }),
    ).toEqual([
      "Cipher in use: AECDH-AES256-SHA",
      "Connection converted to SSL",
      "Cert NOT VALIDATED: the server sent none",
      "So email is encrypted but the domain is not verified",
      "So email is encrypted but the host is not verified",
    ]);
  });

  it("stands after the last of several hellos, at the end where nothing encrypted was said", () => {
    const lines = dialogue(...inClear, "# full hello: alert: handshake_failure", "# New connection", ...inClear);
    const outcome: Outcome = {
      kind: "encrypted",
      tls: { ...tls, cipher: "DES-CBC3-SHA", seenBy: "hello" },
      certificate,
    };
    const rows = text(transcriptRows(observed(outcome, lines)));
    expect(rows.slice(0, 12)).toEqual([...inClearRows, "full hello: alert: handshake_failure", "New connection"]);
    expect(rows.slice(12, 23)).toEqual([
      ...inClearRows.slice(1),
      "Cipher in use: DES-CBC3-SHA",
      "Connection not converted to SSL (our TLS library lacks what the server chose)",
    ]);
  });

  it("begins with TLS where it is implicit", () => {
    const lines = dialogue("~< 220 mx.example", "~> EHLO me", "~< 250 mx.example");
    const rows = text(
      transcriptRows(observed(encrypted(), lines, { target: { address: "192.0.2.25", port: 465, tls: "implicit" } })),
    );
    expect(rows.slice(0, 2)).toEqual(["Connected to server", "Cipher in use: TLS_AES_256_GCM_SHA384"]);
    expect(rows.slice(-6)).toEqual([
      "<~~ 220 mx.example",
      "We are allowed to connect",
      "~~> EHLO me",
      "<~~ 250 mx.example",
      "We can use this server",
      "TLS successfully started on this server",
    ]);
  });

  test.each([
    ["~< 550 no", "~> QUIT", ["Cannot proof e-mail address (reason: MAIL FROM rejected)"]],
    ["~< 250 ok", "~> RCPT TO:<a@xxxxx.example>", ["Sender is OK"]],
  ])("envelope: %s", (reply, next, remarks) => {
    const rows = text(
      transcriptRows(
        observed(encrypted(), dialogue(...inClear, ...after.slice(0, 2), "~> MAIL FROM:<me@me.example>", reply, next)),
      ),
    );
    expect(rows.slice(rows.indexOf(`<~~ ${reply.slice(3)}`) + 1, -1)).toEqual(remarks);
  });

  test.each([
    ["~< 250 ok", "Recipient OK, E-mail address proofed"],
    ["~< 550 unknown", "Cannot proof e-mail address (reason: RCPT TO rejected)"],
  ])("recipient: %s", (reply, remark) => {
    const rows = text(
      transcriptRows(
        observed(encrypted(), dialogue(...inClear, ...after.slice(0, 2), "~> RCPT TO:<a@xxxxx.example>", reply)),
      ),
    );
    expect(rows.at(-1)).toBe(remark);
  });
});

describe("a probe that came to an end before", () => {
  const reply = { code: 554, lines: ["no"] };
  const absent = { before: { SIZE: "1" }, after: null };
  const cases: [string, Outcome, string[], Partial<Observation>, string[]][] = [
    [
      "an address that must not be dialled",
      { kind: "forbidden", range: "10.0.0.0/8 (private use, RFC 1918)" },
      [],
      { timings: {} },
      ["Not dialled: 10.0.0.0/8 (private use, RFC 1918)"],
    ],
    [
      "a refused connection",
      { kind: "no-answer", stage: "connect", silence: "refused" },
      [],
      { timings: {} },
      ["Cannot connect to server (connection refused)"],
    ],
    [
      "no banner",
      { kind: "no-answer", stage: "banner", silence: "timeout" },
      [],
      {},
      ["Connected to server", "Server went silent at its greeting (timed out)"],
    ],
    [
      "a refusal in the banner",
      { kind: "refused-by-policy", stage: "banner", reply },
      ["< 554 no"],
      {},
      ["Connected to server", "<-- 554 no", "We are not allowed to connect"],
    ],
    [
      "a banner that says later",
      { kind: "temporarily-refused", stage: "banner", reply },
      ["< 421 later"],
      {},
      ["Connected to server", "<-- 421 later", "We are not allowed to connect now"],
    ],
    [
      "something else than SMTP",
      { kind: "not-smtp", line: "HTTP/1.1 400" },
      ["< HTTP/1.1 400"],
      {},
      ["Connected to server", "<-- HTTP/1.1 400", "This is not a mail server"],
    ],
    [
      "a refusal of EHLO",
      { kind: "refused-by-policy", stage: "ehlo", reply },
      ["< 220 a", "> EHLO me", "< 550 no"],
      {},
      [
        "Connected to server",
        "<-- 220 a",
        "We are allowed to connect",
        "--> EHLO me",
        "<-- 550 no",
        "We can not use this server",
      ],
    ],
    [
      "too much",
      { kind: "too-much", what: "lines" },
      ["< 220 a"],
      {},
      [
        "Connected to server",
        "<-- 220 a",
        "We are allowed to connect",
        "Server sends too much (lines): reading stopped",
      ],
    ],
  ];
  test.each(cases)("%s", (_, outcome, lines, part, rows) => {
    expect(text(transcriptRows(observed(outcome, dialogue(...lines), part)))).toEqual(rows);
  });

  it("says when TLS is not an option", () => {
    const lines = dialogue("< 220 a", "> EHLO me", "< 250-a", "< 250 SIZE 1", "> QUIT", "< 221 bye");
    const rows = text(
      transcriptRows(observed({ kind: "starttls-absent", how: "absent" }, lines, { capabilities: absent })),
    );
    expect(rows.slice(-4)).toEqual([
      "We can use this server",
      "TLS is not an option on this server",
      "--> QUIT",
      "<-- 221 bye",
    ]);
  });

  it("says when something in the path masks it", () => {
    const lines = dialogue("< 220 a", "> EHLO me", "< 250-a", "< 250 XXXXXXXA");
    const rows = text(
      transcriptRows(observed({ kind: "starttls-absent", how: "masked" }, lines, { capabilities: absent })),
    );
    expect(rows.slice(-2)).toEqual([
      "TLS is not an option on this server",
      "Something in the path masks STARTTLS (XXXXXXXA)",
    ]);
  });

  it("takes HELO where EHLO is unknown", () => {
    const lines = dialogue("< 220 a", "> EHLO me", "< 502 what", "> HELO me", "< 250 a");
    const rows = text(
      transcriptRows(
        observed({ kind: "starttls-absent", how: "helo-only" }, lines, { capabilities: { before: null, after: null } }),
      ),
    );
    expect(rows.slice(3)).toEqual([
      "--> EHLO me",
      "<-- 502 what",
      "EHLO is unknown on this server",
      "--> HELO me",
      "<-- 250 a",
      "We can use this server",
      "TLS is not an option on this server",
    ]);
  });

  test.each([
    ["454 later", "STARTTLS command does not work on this server now"],
    ["502 what", "STARTTLS command does not work on this server"],
  ])("says when STARTTLS is answered %s", (answer, remark) => {
    const lines = dialogue(...inClear.slice(0, -1), `< ${answer}`);
    expect(text(transcriptRows(observed({ kind: "starttls-refused", reply }, lines))).at(-1)).toBe(remark);
  });

  it("shows plain text behind the reply to STARTTLS", () => {
    const rows = text(
      transcriptRows(observed({ kind: "encrypted", tls, certificate }, dialogue(...inClear), { leftover: "250 hi" })),
    );
    expect(rows[10]).toBe("Plain text stands behind the reply to STARTTLS: 250 hi");
  });

  test.each([
    ["handshake-failed", "TLS does not start on this server"],
    ["handshake-broken", "TLS did not start (nobody answered)"],
  ] as const)("%s", (kind, remark) => {
    const rows = text(
      transcriptRows(observed({ kind, attempts: [] }, dialogue(...inClear, "# full hello: alert: internal_error"))),
    );
    expect(rows.slice(-3)).toEqual([
      "STARTTLS command works on this server",
      "full hello: alert: internal_error",
      remark,
    ]);
  });
});
