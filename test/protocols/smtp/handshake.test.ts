import { getDiffieHellman } from "node:crypto";
import type { Duplex } from "node:stream";
import { afterEach, beforeAll, describe, expect, it, test } from "vitest";
import type { HelloAttempt, Observation } from "../../../lib/model/observation.ts";
import type { Dialler } from "../../../lib/model/ports.ts";
import { createTlsKit, type TlsKit } from "../../../lib/protocols/tls/kit.ts";
import { loadRoots } from "../../../lib/protocols/x509/roots.ts";
import { type Authority, type Issued, issue, makeCa, selfSigned } from "../../fakes/certificates.ts";
import { dial, lookAt } from "../../fakes/look.ts";
import { type FakeMailServer, type MailServerOptions, startMailServer } from "../../fakes/mail-server.ts";
import { binary, type Misbehaviour, tlsAlert } from "../../fakes/misbehaviour.ts";
import { curveExchange, finiteFieldExchange, serverFlight } from "../../fakes/server-hello.ts";

let server: FakeMailServer;
let ca: Authority;
let rsa: Issued;
let trusting: TlsKit;

beforeAll(async () => {
  ca = await makeCa({ name: "Test root" });
  rsa = await issue(ca, { names: ["mx.example"], key: "rsa2048", intermediate: true });
  trusting = createTlsKit(loadRoots({ extraPem: ca.certPem }));
});

async function start(options: MailServerOptions): Promise<FakeMailServer> {
  server = await startMailServer(options);
  return server;
}

afterEach(() => server.close());

function encrypted({ outcome }: Observation) {
  if (outcome.kind !== "encrypted") throw new Error(`expected TLS, got ${JSON.stringify(outcome)}`);
  return outcome;
}

const answers = ({ outcome }: Observation): readonly HelloAttempt["answer"][] =>
  outcome.kind === "handshake-failed" || outcome.kind === "handshake-broken"
    ? outcome.attempts.map(({ answer }) => answer)
    : [];

describe("what was agreed", () => {
  test.each([
    ["TLSv1.3", {}, "TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384", 256, "x25519", 253, true],
    [
      "TLSv1.3",
      { ecdhCurve: "P-384" },
      "TLS_AES_256_GCM_SHA384",
      "TLS_AES_256_GCM_SHA384",
      256,
      "secp384r1",
      384,
      true,
    ],
    [
      "TLSv1.3",
      { ecdhCurve: "ffdhe2048" },
      "TLS_AES_256_GCM_SHA384",
      "TLS_AES_256_GCM_SHA384",
      256,
      "ffdhe2048",
      2048,
      true,
    ],
    [
      "TLSv1.2",
      { maxVersion: "TLSv1.2" },
      "ECDHE-RSA-AES256-GCM-SHA384",
      "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
      256,
      "x25519",
      253,
      true,
    ],
    [
      "TLSv1.2",
      { maxVersion: "TLSv1.2", ecdhCurve: "P-256", ciphers: "ECDHE-RSA-AES128-SHA" },
      "ECDHE-RSA-AES128-SHA",
      "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
      128,
      "secp256r1",
      256,
      true,
    ],
    [
      "TLSv1.2",
      { maxVersion: "TLSv1.2", ciphers: "AES128-SHA" },
      "AES128-SHA",
      "TLS_RSA_WITH_AES_128_CBC_SHA",
      128,
      null,
      null,
      false,
    ],
    [
      "TLSv1.1",
      { maxVersion: "TLSv1.1", ciphers: "DEFAULT:@SECLEVEL=0" },
      "ECDHE-RSA-AES256-SHA",
      "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
      256,
      "x25519",
      253,
      true,
    ],
    [
      "TLSv1",
      { maxVersion: "TLSv1", ciphers: "DEFAULT:@SECLEVEL=0" },
      "ECDHE-RSA-AES256-SHA",
      "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
      256,
      "x25519",
      253,
      true,
    ],
  ] as const)("%s %j", async (protocol, tls, cipher, iana, bits, group, groupBits, forwardSecret) => {
    await start({ tls: { cert: rsa.chainPem, key: rsa.keyPem, ...tls } });
    const outcome = encrypted(await lookAt(server));
    expect(outcome.tls).toEqual({
      protocol,
      cipher,
      iana,
      bits,
      group,
      groupBits,
      forwardSecret,
      authenticated: true,
      seenBy: "library",
    });
    expect(server.connections).toBe(1);
  });

  it("has the size of a finite field that is too small", async () => {
    const ciphers = "DHE-RSA-AES128-SHA:@SECLEVEL=0";
    await start({ tls: { cert: rsa.chainPem, key: rsa.keyPem, maxVersion: "TLSv1.2", ciphers, dhparam: dh1024() } });
    expect(encrypted(await lookAt(server)).tls).toMatchObject({ group: "dh", groupBits: 1024, forwardSecret: true });
  });

  it("may be with a key of 1,024 bits and a SHA-1 signature, which others refuse", async () => {
    const weak = await selfSigned({ names: ["mx.example"], key: "rsa1024", signature: "sha1" });
    await start({ tls: { cert: weak.certPem, key: weak.keyPem, ciphers: "DEFAULT:@SECLEVEL=0" } });
    const { certificate } = encrypted(await lookAt(server));
    expect(certificate).toMatchObject({ trust: "self-signed", leaf: { keyBits: 1024, keyType: "rsa" } });
  });

  it("may be TLS from the first byte, with the greeting after it (RFC 8314 §3.3)", async () => {
    await start({ implicit: true });
    const observation = await lookAt(server, {
      target: { address: server.address, port: server.port, tls: "implicit" },
    });
    expect(encrypted(observation).tls.protocol).toBe("TLSv1.3");
    expect(observation.banner).toBe("mx.example ESMTP");
    expect(observation.capabilities).toMatchObject({ before: null, after: { VRFY: "" } });
    expect(server.lines).toEqual(["EHLO probe.example", "QUIT"]);
    expect(Object.keys(observation.timings)).toEqual(["connect", "handshake", "banner", "ehlo-again", "quit"]);
  });

  it("stands, whatever happens afterwards", async () => {
    for (const misbehave of [
      { "ehlo-again": "close" },
      { "ehlo-again": "reset" },
      { quit: "stall" },
      { "ehlo-again": { flood: "250-x\r\n", bytes: 10_000_000 } },
      { "ehlo-again": { send: binary } },
    ] as const) {
      const running = await start({ misbehave });
      expect(encrypted(await lookAt(running, { timeoutMs: 2_000 })).tls.protocol).toBe("TLSv1.3");
      await expect.poll(() => running.open, { timeout: 20_000, interval: 5 }).toBe(0);
      await running.close();
    }
  });

  it("stands after 421 to the second EHLO", async () => {
    await start({ replies: { "ehlo-again": "421 4.3.2 bye" } });
    expect(encrypted(await lookAt(server)).tls.protocol).toBe("TLSv1.3");
    expect(server.lines).toEqual(["EHLO probe.example", "STARTTLS", "EHLO probe.example"]);
  });
});

describe("plain text behind the 220 to STARTTLS (CVE-2021-38371)", () => {
  it("is noticed, and the handshake goes on without it", async () => {
    await start({ injected: "250-mx.example\r\n250 AUTH PLAIN\r\n" });
    const observation = await lookAt(server);
    expect(observation.leftover).toBe("250-mx.example\\x0d\\x0a250 AUTH PLAIN\\x0d\\x0a");
    encrypted(observation);
  });

  it("is null where there is none", async () => {
    expect((await lookAt(await start({}))).leftover).toBeNull();
  });
});

describe("the server name (RFC 6066 §3)", () => {
  test.each([
    ["mx.example", "mx.example", "mx.example"],
    ["mx.example.", "mx.example", "mx.example"],
    [null, null, null],
  ])("%s is sent as %s", async (sni, told, sent) => {
    const observation = await lookAt(await start({}), { sni });
    expect(observation.sni).toBe(told);
    expect(server.serverNames).toEqual([sent]);
  });
});

it("is left out when the server doesn't know it (alert 112)", async () => {
  const unknown = (connection: number) => (connection === 1 ? { sendAndClose: tlsAlert(112) } : null);
  const observation = await lookAt(await start({ misbehave: { handshake: unknown } }));
  encrypted(observation);
  expect(observation.sni).toBeNull();
  expect(server.serverNames).toEqual([null]);
});

describe("trust, judged apart from the handshake", () => {
  it("is given to a chain that ends in one of our roots", async () => {
    await start({ tls: { cert: rsa.chainPem, key: rsa.keyPem } });
    expect(encrypted(await lookAt(server, { tls: trusting })).certificate).toMatchObject({
      trust: "trusted",
      chain: null,
      leaf: { sha256: rsa.sha256, dnsNames: ["mx.example"], keyBits: 2048 },
    });
  });

  it("doesn't depend on the name: another's is told, not refused", async () => {
    await start({ tls: { cert: rsa.chainPem, key: rsa.keyPem } });
    const { certificate } = encrypted(
      await lookAt(server, { tls: trusting, host: "other.example", sni: "other.example" }),
    );
    expect(certificate?.trust).toBe("trusted");
  });

  it("isn't given without the intermediate", async () => {
    await start({ tls: { cert: rsa.certPem, key: rsa.keyPem } });
    expect(encrypted(await lookAt(server, { tls: trusting })).certificate?.trust).toBe("incomplete-chain");
  });

  it("isn't lost by the leaf's dates, whether the chain is read or not", async () => {
    const old = await issue(ca, { names: ["mx.example"], notAfter: new Date(Date.now() - 1_000), intermediate: true });
    await start({ tls: { cert: old.chainPem, key: old.keyPem } });
    for (const readChain of [false, true]) {
      const { certificate } = encrypted(await lookAt(server, { tls: trusting, readChain }));
      expect(certificate?.trust).toBe("trusted");
    }
  });
});

describe("the chain as sent", () => {
  test.each(["TLSv1.2", "TLSv1.3"] as const)("has its order and its duplicates in %s", async (version) => {
    const stray = await selfSigned({ names: ["stray.example"] });
    const [leaf, ...intermediates] = rsa.chainPem.split(/(?<=-----END CERTIFICATE-----\n)/);
    const sent = [leaf, ca.certPem, stray.certPem, ...intermediates, ...intermediates].join("");
    await start({ tls: { cert: sent, key: rsa.keyPem, minVersion: version, maxVersion: version } });
    const { certificate } = encrypted(await lookAt(server, { tls: trusting, readChain: true }));
    expect(certificate?.chain?.map(({ subject }) => subject)).toEqual([
      "/CN=mx.example",
      "/CN=Test root",
      "/CN=stray.example",
      "/CN=Test root intermediate",
      "/CN=Test root intermediate",
    ]);
    expect(certificate?.trust).toBe("trusted");
    expect(server.lines.at(-1)).toBe("QUIT");
  });

  test.each(["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"])(
    "is read under %s, and after a second hello (RFC 8446 §4.1.4)",
    async (ciphers) => {
      // The client's key is of another group, so the server asks for a hello anew.
      await start({ tls: { cert: rsa.chainPem, key: rsa.keyPem, ciphers, ecdhCurve: "P-521" } });
      const outcome = encrypted(await lookAt(server, { readChain: true }));
      expect(outcome.tls).toMatchObject({ cipher: ciphers, group: "secp521r1" });
      expect(outcome.certificate?.chain).toHaveLength(2);
    },
  );

  it("is too much beyond its bound", async () => {
    await start({ tls: { cert: rsa.certPem.repeat(400), key: rsa.keyPem } });
    for (const readChain of [false, true]) {
      expect((await lookAt(server, { readChain })).outcome).toEqual({ kind: "too-much", what: "certificates" });
    }
  });
});

describe("a handshake that fails", () => {
  const onEach =
    (...how: readonly (Misbehaviour | null)[]) =>
    (connection: number): Misbehaviour | null =>
      how[Math.min(connection, how.length) - 1] ?? null;

  const alert: Misbehaviour = { sendAndClose: tlsAlert() };
  const garbage: Misbehaviour = { sendAndClose: "454 TLS not available\r\n" };
  const strangeRecord: Misbehaviour = { sendAndClose: Buffer.from([0x17, 3, 3, 0, 3, 1, 2, 3]) };

  test.each<
    [string, readonly Misbehaviour[], "handshake-failed" | "handshake-broken", readonly HelloAttempt["answer"][]]
  >([
    ["an alert to every hello is the server's word", [alert], "handshake-failed", ["alert", "alert", "alert", "alert"]],
    ["so is an answer that isn't TLS", [garbage], "handshake-failed", ["not-tls", "not-tls", "not-tls"]],
    ["also records that no server hello is in", [strangeRecord], "handshake-failed", ["not-tls", "not-tls", "not-tls"]],
    ["also binary", [{ send: binary }], "handshake-failed", ["not-tls", "not-tls", "not-tls"]],
    ["also now one, now the other", [alert, garbage], "handshake-failed", ["alert", "not-tls", "not-tls", "not-tls"]],
    ["a reset isn't", ["reset"], "handshake-broken", ["reset", "reset", "reset"]],
    ["a close isn't", ["close"], "handshake-broken", ["closed", "closed", "closed"]],
    [
      "nor a close in TLS's own words",
      [{ sendAndClose: tlsAlert(0) }],
      "handshake-broken",
      ["closed", "closed", "closed"],
    ],
    ["silence isn't", ["stall"], "handshake-broken", ["timeout", "timeout", "timeout"]],
    ["an alert and a reset aren't", [alert, "reset"], "handshake-broken", ["alert", "reset", "reset", "reset"]],
    [
      "three alerts and a close aren't",
      [alert, alert, alert, "close"],
      "handshake-broken",
      ["alert", "alert", "alert", "closed"],
    ],
  ])("%s", async (_name, how, kind, expected) => {
    await start({ misbehave: { handshake: onEach(...how) } });
    const { dialler, openAtDial } = counting();
    const observation = await lookAt(server, how.includes("stall") ? { timeoutMs: 2_000 } : {}, dialler);
    expect(observation.outcome.kind).toBe(kind);
    expect(answers(observation)).toEqual(expected);
    expect(openAtDial).toEqual(expected.map(() => 0));
    await expect.poll(() => server.open, { timeout: 20_000, interval: 5 }).toBe(0);
  });

  it("has the alert's name, and who was asked what", async () => {
    await start({ misbehave: { handshake: { sendAndClose: tlsAlert(70) } } });
    const { outcome } = await lookAt(server);
    expect(outcome).toEqual({
      kind: "handshake-failed",
      attempts: [
        { hello: "usual", answer: "alert", detail: "protocol_version" },
        { hello: "wide", answer: "alert", detail: "protocol_version" },
        { hello: "small", answer: "alert", detail: "protocol_version" },
        { hello: "legacy", answer: "alert", detail: "protocol_version" },
      ],
    });
  });

  it("isn't the server's word when it admits us no second time", async () => {
    const banner = (connection: number) => (connection === 1 ? "220 mx.example" : "421 4.7.0 too many connections");
    await start({ replies: { banner }, misbehave: { handshake: alert } });
    const observation = await lookAt(server);
    expect(observation.outcome.kind).toBe("handshake-broken");
    expect(answers(observation)).toEqual(["alert", "error"]);
    expect(server.connections).toBe(2);
  });

  it("is over with the probe's time", async () => {
    await start({ misbehave: { handshake: "stall" } });
    const began = performance.now();
    await lookAt(server, { timeoutMs: 2_000 });
    expect(performance.now() - began).toBeLessThan(4_000);
  });

  it("may succeed with the wide hello, after an alert: a server may want nothing but post-quantum groups", async () => {
    await start({ tls: { cert: rsa.chainPem, key: rsa.keyPem, ecdhCurve: "X25519MLKEM768" } });
    const observation = await lookAt(server);
    expect(encrypted(observation).tls).toMatchObject({
      protocol: "TLSv1.3",
      group: "x25519mlkem768",
      seenBy: "library",
    });
    expect(server.connections).toBe(2);
  });

  it.each<[Misbehaviour, number]>([
    ["stall", 2],
    ["reset", 2],
    [alert, 3],
  ])("may succeed with a small hello (after %j)", async (how, connections) => {
    await start({ misbehave: { handshake: onEach(...Array(connections - 1).fill(how), null) } });
    const observation = await lookAt(server, { timeoutMs: 4_000 });
    expect(encrypted(observation).tls).toMatchObject({ protocol: "TLSv1.2", seenBy: "library" });
    expect(server.connections).toBe(connections);
    expect(observation.transcript.filter(({ kind }) => kind === "note")).toHaveLength(connections - 1);
    expect(observation.capabilities.after).not.toBeNull();
  });

  it("may succeed with a rarer suite that is in the small hello alone", async () => {
    const ciphers = "CAMELLIA256-SHA:@SECLEVEL=0";
    await start({ tls: { cert: rsa.chainPem, key: rsa.keyPem, maxVersion: "TLSv1.2", ciphers } });
    expect(encrypted(await lookAt(server)).tls).toMatchObject({ cipher: "CAMELLIA256-SHA", seenBy: "library" });
  });

  test.each([
    ["RC4-SHA", { suite: 0x0005 }, { protocol: "TLSv1.2", bits: 128, group: null, forwardSecret: false }],
    ["DES-CBC3-SHA", { suite: 0x000a, version: 0x0301 }, { protocol: "TLSv1", bits: 112, group: null }],
    ["AES128-SHA", { suite: 0x002f, version: 0x0300 }, { protocol: "SSLv3", bits: 128, group: null }],
    ["EXP-RC4-MD5", { suite: 0x0003, version: 0x0300 }, { protocol: "SSLv3", bits: 40 }],
    [
      "DHE-RSA-DES-CBC3-SHA",
      { suite: 0x0016, keyExchange: finiteFieldExchange(512) },
      { bits: 112, group: "dh", groupBits: 512, forwardSecret: true },
    ],
    ["ECDHE-RSA-RC4-SHA", { suite: 0xc011, keyExchange: curveExchange(21) }, { group: "secp224r1", groupBits: 224 }],
    ["NULL-SHA", { suite: 0x0002 }, { bits: 0, authenticated: true }],
  ] as const)("isn't blamed on a server that has only %s, which we lack", async (cipher, flight, facts) => {
    const bytes = serverFlight({ ...flight, certificates: [rsa.der] });
    await start({ misbehave: { handshake: onEach(alert, alert, { send: bytes }) } });
    const outcome = encrypted(await lookAt(server));
    expect(outcome.tls).toMatchObject({ cipher, seenBy: "hello", ...facts });
    expect(outcome.certificate).toMatchObject({ trust: "not-checked", leaf: { sha256: rsa.sha256 } });
  });

  it("isn't waited for when a suite was chosen and nothing more comes", async () => {
    const bytes = serverFlight({ suite: 0x0005, done: false });
    await start({ misbehave: { handshake: onEach(alert, alert, { sendAndClose: bytes }) } });
    const outcome = encrypted(await lookAt(server));
    expect(outcome).toMatchObject({ tls: { cipher: "RC4-SHA", seenBy: "hello" }, certificate: null });
  });

  test.each([
    ["NULL-SHA256", { bits: 0, authenticated: true }],
    ["ADH-AES256-GCM-SHA384", { bits: 256, authenticated: false, group: "dh", forwardSecret: true }],
    ["AECDH-AES128-SHA", { bits: 128, authenticated: false, group: "x25519" }],
    ["AECDH-NULL-SHA", { bits: 0, authenticated: false }],
  ])("is seen to have been %s, which we must not offer first", async (cipher, facts) => {
    const ciphers = `${cipher}:@SECLEVEL=0`;
    await start({ tls: { cert: rsa.chainPem, key: rsa.keyPem, maxVersion: "TLSv1.2", ciphers, dhparam: "auto" } });
    const outcome = encrypted(await lookAt(server));
    expect(outcome.tls).toMatchObject({ cipher, seenBy: "hello", ...facts });
    expect(outcome.certificate === null).toBe(!outcome.tls.authenticated);
  });
});

describe("sender and recipient, only when asked for", () => {
  const envelope = { from: "test@probe.example", to: "tlstest@corp.example.com" };

  it("are said after TLS, followed by RSET, the recipient masked in all that is kept", async () => {
    await start({ replies: { rcpt: "550 5.1.1 <tlstest@Corp.Example.com>: no such user at corp.example.com" } });
    const observation = await lookAt(server, { envelope });
    expect(server.lines.slice(2)).toEqual([
      "EHLO probe.example",
      "MAIL FROM:<test@probe.example>",
      "RCPT TO:<tlstest@corp.example.com>",
      "RSET",
      "QUIT",
    ]);
    expect(observation.envelope).toEqual({
      mail: { code: 250, lines: ["2.1.0 Ok"] },
      rcpt: { code: 550, lines: ["5.1.1 <tlstest@xxxxx.com>: no such user at xxxxx.com"] },
    });
    expect(JSON.stringify(observation)).not.toMatch(/corp\.example\.com/i);
    expect(observation.transcript).toContainEqual(expect.objectContaining({ text: "RCPT TO:<tlstest@xxxxx.com>" }));
  });

  it("aren't said to a recipient when the sender is refused", async () => {
    await start({ replies: { mail: "550 5.7.1 no" } });
    const observation = await lookAt(server, { envelope });
    expect(server.lines.slice(3)).toEqual(["MAIL FROM:<test@probe.example>", "RSET", "QUIT"]);
    expect(observation.envelope).toEqual({ mail: { code: 550, lines: ["5.7.1 no"] }, rcpt: null });
  });

  it("aren't said otherwise", async () => {
    expect((await lookAt(await start({}))).envelope).toBeNull();
    expect(server.lines.join()).not.toMatch(/MAIL|RCPT|DATA/);
  });

  it("are never said in clear", async () => {
    await start({ starttls: false });
    await lookAt(server, { envelope });
    expect(server.lines).toEqual(["EHLO probe.example", "QUIT"]);
  });
});

/** Tells how many of its sockets were open whenever a further one was asked for. */
function counting(): { dialler: Dialler; openAtDial: readonly number[] } {
  const sockets: Duplex[] = [];
  const openAtDial: number[] = [];
  const dialler: Dialler = async (request) => {
    openAtDial.push(sockets.filter(({ closed }) => !closed).length);
    const result = await dial(request);
    if (result.kind === "connected") sockets.push(result.socket);
    return result;
  };
  return { dialler, openAtDial };
}

/** The 1,024 bit prime of RFC 2409 §6.2 as PKCS #3 parameters. */
function dh1024(): string {
  const integer = (bytes: Uint8Array) => {
    const body = Buffer.concat([Buffer.from([0]), bytes]);
    const length = body.length < 128 ? [body.length] : [0x81, body.length];
    return Buffer.concat([Buffer.from([2, ...length]), body]);
  };
  const group = getDiffieHellman("modp2");
  const body = Buffer.concat([integer(group.getPrime()), integer(group.getGenerator())]);
  const der = Buffer.concat([Buffer.from([0x30, 0x81, body.length]), body]);
  return `-----BEGIN DH PARAMETERS-----\n${der.toString("base64")}\n-----END DH PARAMETERS-----\n`;
}
