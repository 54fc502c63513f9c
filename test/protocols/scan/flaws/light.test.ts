/** Checks that are run by default on the command line: on servers that have the flaw, and on those that don't. */

import { X509Certificate } from "node:crypto";
import { type AddressInfo, connect, createServer } from "node:net";
import { afterEach, describe, expect, it, test } from "vitest";
import { commandInjection } from "../../../../lib/protocols/scan/flaws/command-injection.ts";
import type { AskedFlaw } from "../../../../lib/protocols/scan/flaws/flaw.ts";
import { mailInClear } from "../../../../lib/protocols/scan/flaws/mail-in-clear.ts";
import { needsServerName } from "../../../../lib/protocols/scan/flaws/needs-server-name.ts";
import { resumption } from "../../../../lib/protocols/scan/flaws/resumption.ts";
import { resumptionTls13 } from "../../../../lib/protocols/scan/flaws/resumption-tls13.ts";
import { otherCertificate } from "../../../../lib/protocols/scan/other-certificate.ts";
import { createCertificateCache } from "../../../../lib/protocols/tls/certificates.ts";
import { readLeaf } from "../../../../lib/protocols/x509/leaf.ts";
import { loadRoots } from "../../../../lib/protocols/x509/roots.ts";
import { type Issued, issue, makeCa, selfSigned } from "../../../fakes/certificates.ts";
import { type FakeMailServer, type MailServerOptions, startMailServer } from "../../../fakes/mail-server.ts";
import { askingAt, looked, type Place, type Told } from "./looked.ts";

const servers: FakeMailServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function started(options: MailServerOptions): Promise<FakeMailServer> {
  const server = await startMailServer(options);
  servers.push(server);
  return server;
}

async function on(flaw: AskedFlaw, options: MailServerOptions, place: Partial<Place> = {}): Promise<Told> {
  const { port } = await started(options);
  return await looked(flaw, { port, ...place });
}

const bothVersions = [{}, { tls: { maxVersion: "TLSv1.2" } }] satisfies MailServerOptions[];

describe("command injection (CVE-2011-0411)", () => {
  it.each(bothVersions)("is what stood in clear behind STARTTLS, answered under TLS: %j", async (options) => {
    const told = await on(commandInjection, { ...options, keepsBuffer: true });
    expect(told).toMatchObject({ result: "flawed", detail: ["answered under TLS: 250 2.0.0 Ok"], connections: 2 });
  });

  it.each(bothVersions)("isn't there where it is dropped: %j", async (options) => {
    const server = await started(options);
    const told = await looked(commandInjection, { port: server.port });
    expect(told).toMatchObject({ result: "sound", connections: 1 });
    expect(server.lines).toEqual(["EHLO probe.example", "STARTTLS", "QUIT"]);
  });

  it.each<[string, MailServerOptions]>([
    ["refuses STARTTLS with more behind it", { replies: { starttls: "554 5.5.0 Error: synchronization" } }],
    ["answers it in clear", { injected: "250 2.0.0 Ok\r\n" }],
    ["ends the connection", { misbehave: { starttls: "close" } }],
  ])("isn't there where the server %s", async (_how, options) => {
    expect(await on(commandInjection, options)).toMatchObject({ result: "sound" });
  });

  it.each<[string, MailServerOptions]>([
    ["answers more than is asked, whatever that is", { replies: { quit: ["250 2.0.0 Ok", "221 2.0.0 Bye"] } }],
    ["is too busy", { replies: { starttls: "454 4.7.0 TLS not available" } }],
    ["is asked too often", { replies: { starttls: "421 4.7.0 Too many connections" } }],
    ["says so otherwise", { replies: { starttls: "554 5.7.1 too many TLS sessions" } }],
    ["says nothing to STARTTLS", { misbehave: { starttls: "stall" } }],
    ["closes where it is asked", { misbehave: { quit: "close" } }],
    ["says something else to the only question", { replies: { quit: "250 2.0.0 Ok" } }],
  ])("isn't known where the server %s", async (_how, options) => {
    expect(await on(commandInjection, options, { timeoutMs: 1_500 })).toMatchObject({ result: "unknown" });
  });

  it("isn't known where no session comes of it, and has no place where TLS is implicit", async () => {
    expect(await on(commandInjection, { misbehave: { handshake: "close" } })).toMatchObject({ result: "unknown" });
    expect(await looked(commandInjection, { port: 1, tls: "implicit" })).toMatchObject({ connections: 0 });
  });
});

describe("whether it insists", () => {
  test.each<[string, string, string]>([
    ["530 5.7.0 Must issue a STARTTLS command first", "sound", "530 5.7.0 Must issue a STARTTLS command first"],
    ["250 2.1.0 Ok", "flawed", "250 2.1.0 Ok"],
    ["451 4.3.0 later", "unknown", "451 4.3.0 later"],
  ])("is told by the answer to MAIL FROM in clear: %s", async (mail, result, detail) => {
    const server = await started({ replies: { mail } });
    const told = await looked(mailInClear, { port: server.port });
    expect(told).toEqual({ name: "mail-in-clear", result, detail: [detail], connections: 1 });
    expect(server.lines).toEqual(["EHLO probe.example", "MAIL FROM:<>", "QUIT"]);
  });

  it("is never asked in a schedule", () => {
    expect(mailInClear.when).toBe("by-hand");
  });
});

describe("sessions that are taken up again", () => {
  it("by ticket", async () => {
    expect(await on(resumption, {})).toMatchObject({ result: "sound", detail: ["resumed by ticket"], connections: 2 });
    expect(await on(resumptionTls13, {})).toMatchObject({
      result: "sound",
      detail: ["resumed by ticket"],
      connections: 2,
    });
  });

  it("not where each connection is another machine's", async () => {
    const detail = ["a ticket is given, and not taken again"];
    expect(await on(resumption, { ownTickets: true })).toMatchObject({ result: "flawed", detail, connections: 2 });
    expect(await on(resumptionTls13, { ownTickets: true })).toMatchObject({ result: "flawed", detail, connections: 2 });
  });

  it("by session id, or not at all, where no tickets are given", async () => {
    const noTicket = 0x4000;
    expect(await on(resumption, { tls: { secureOptions: noTicket } })).toMatchObject({ result: "sound" });
  });

  it("aren't known where nothing more is heard behind the handshake", async () => {
    const server = await started({ implicit: true, tls: { minVersion: "TLSv1.3" } });
    const muted = createServer((socket) => {
      const through = connect(server.port, "127.0.0.1");
      through.on("error", () => {}).on("close", () => socket.destroy());
      socket.on("error", () => {}).on("close", () => through.destroy());
      through.pipe(socket);
      socket.once("data", (hello: Buffer) => {
        through.write(hello);
        socket.on("data", (chunk: Buffer) => {
          through.unpipe(socket).resume();
          through.write(chunk);
        });
      });
    });
    await new Promise<void>((ready) => muted.listen(0, "127.0.0.1", ready));
    const { port } = muted.address() as AddressInfo;
    const told = await looked(resumptionTls13, { port, tls: "implicit", timeoutMs: 1_500 });
    await new Promise((closed) => muted.close(closed));
    expect(told).toMatchObject({ result: "unknown", connections: 1 });
  });

  it("are not asked for in versions that aren't there", async () => {
    const newest = { "TLSv1.3": ["TLS_AES_128_GCM_SHA256"] };
    expect(await looked(resumption, { port: 1, suites: newest })).toMatchObject({ result: "sound", connections: 0 });
    const older = { "TLSv1.2": ["AES128-SHA"] };
    expect(await looked(resumptionTls13, { port: 1, suites: older })).toMatchObject({
      result: "sound",
      connections: 0,
    });
  });
});

describe("the server name", () => {
  const newest = { "TLSv1.3": ["TLS_AES_128_GCM_SHA256"] };
  let usual: Issued;
  let other: Issued;
  const tlsOf = ({ certPem, keyPem }: Issued) => ({ cert: certPem, key: keyPem });
  const made = async () => {
    usual ??= await selfSigned({ names: ["mx.example"] });
    other ??= await selfSigned({ names: ["other.example"] });
  };

  it.each([{}, { suites: newest }])("isn't needed where one certificate is shown to all: %j", async (place) => {
    await made();
    const told = await on(needsServerName, { tls: tlsOf(usual) }, { leaves: [usual.sha256], ...place });
    expect(told).toEqual({
      name: "needs-server-name",
      result: "sound",
      detail: ["a wrong name is not noticed"],
      connections: 2,
    });
  });

  it.each([{}, { suites: newest }])("is needed where another is shown without it: %j", async (place) => {
    await made();
    const byName = (name: string) => (name === "mx.example" ? tlsOf(usual) : null);
    const told = await on(needsServerName, { tls: tlsOf(other), byName }, { leaves: [usual.sha256], ...place });
    expect(told).toMatchObject({ result: "flawed", connections: 2 });
    expect(told.detail[0]).toContain(other.sha256);
    expect(told.detail[1]).toContain("a wrong name is refused");
  });

  it("is needed where nothing is served without it", async () => {
    await made();
    const noCertificate = { ciphers: "AECDH-AES128-SHA:@SECLEVEL=0" };
    const told = await on(needsServerName, { tls: { ...tlsOf(usual), ...noCertificate }, byName: () => tlsOf(usual) });
    expect(told).toMatchObject({ result: "flawed" });
    expect(told.detail[0]).toContain("refused");
  });

  it.each(["stall", "reset"] as const)("isn't known where a handshake meets with this: %s", async (handshake) => {
    const place = { suites: newest, timeoutMs: 1_500 };
    const told = await on(needsServerName, { misbehave: { handshake } }, place);
    expect(told).toMatchObject({ result: "unknown", connections: 2 });
  });

  it("isn't known where what comes isn't TLS", async () => {
    const told = await on(
      needsServerName,
      { misbehave: { handshake: { sendAndClose: "421 Too many\r\n" } } },
      { suites: newest },
    );
    expect(told).toMatchObject({ result: "unknown" });
  });

  it("of a bare address is only asked whether a wrong one is noticed", async () => {
    await made();
    const told = await on(needsServerName, { tls: tlsOf(usual) }, { leaves: [usual.sha256], serverName: null });
    expect(told).toMatchObject({ result: "sound", connections: 1 });
  });
});

describe("the other certificate", () => {
  const trusting = (extraPem: string) => ({
    roots: loadRoots({ extraPem }),
    certificates: createCertificateCache(10),
    now: Date.now(),
  });

  it.each(["TLSv1.2", "TLSv1.3"] as const)("is read in %s, and its path is looked for", async (version) => {
    const ca = await makeCa({ name: "ca" });
    const ec = await issue(ca, { names: ["mx.example"] });
    const rsa = await issue(ca, { names: ["mx.example"], key: "rsa2048", intermediate: true });
    const { port } = await started({
      tls: {
        cert: [ec.chainPem, rsa.chainPem],
        key: [ec.keyPem, rsa.keyPem],
        minVersion: version,
        maxVersion: version,
      },
    });
    for (const [first, second] of [
      [ec, rsa],
      [rsa, ec],
    ] as const) {
      const { asking, made } = askingAt({ port });
      const leaf = readLeaf(new X509Certificate(first.der));
      const found = await otherCertificate(asking, leaf, trusting(ca.certPem));
      expect(found?.facts.leaf.sha256).toBe(second.sha256);
      expect(found?.facts.trust).toBe("trusted");
      expect(made()).toBe(1);
    }
  });

  it("isn't there where there is one alone", async () => {
    const { certPem, keyPem, der } = await selfSigned({ names: ["mx.example"] });
    const { port } = await started({ tls: { cert: certPem, key: keyPem } });
    const leaf = readLeaf(new X509Certificate(der));
    expect(await otherCertificate(askingAt({ port }).asking, leaf, trusting(certPem))).toBe(null);
  });
});
