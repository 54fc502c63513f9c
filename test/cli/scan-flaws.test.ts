/** `chainmail scan`: flaws, from its arguments to its exit code. */

import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterEach, describe, expect, it } from "vitest";
import type { ScanTargetJson } from "../../lib/cli/scan-schema.ts";
import { selfSigned } from "../fakes/certificates.ts";
import { chainmail } from "../fakes/cli.ts";
import { type FakeMailServer, type MailServerOptions, startMailServer } from "../fakes/mail-server.ts";
import { alert, badRecordMac, soundly, startRecordServer } from "../fakes/record-server.ts";
import { record } from "../fakes/server-hello.ts";

const always = ["--allow-private", "--timeout", "3s"];
const schema = new Ajv2020({ formats: { "date-time": true } }).compile(
  JSON.parse(readFileSync(new URL("../../docs/schema/scan.json", import.meta.url), "utf8")),
);
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
});

async function scanned(port: number, ...argv: readonly string[]) {
  const { code, out } = await chainmail("scan", `127.0.0.1:${port}`, ...argv, ...always, "--json");
  const printed = JSON.parse(out) as ScanTargetJson;
  expect(schema(printed), JSON.stringify(schema.errors)).toBe(true);
  const by = (result: string) => printed.flaws.filter((flaw) => flaw.result === result).map(({ name }) => name);
  return { code, printed, by, codes: printed.findings.map((finding) => finding.code) };
}

async function started(options: MailServerOptions): Promise<FakeMailServer> {
  const server = await startMailServer(options);
  ends.push(server.close);
  return server;
}

const intrusive = ["heartbleed", "early-ccs", "robot", "ticketbleed", "client-renegotiation"];
const noRenegotiation = 0x40000000;

describe("flaws of a server", () => {
  it("that has all that can be asked for are found, and end in 2", async () => {
    const isPadded = (block: Buffer) => block[0] === 0 && block[1] === 2 && block.indexOf(0, 2) === block.length - 49;
    const server = await startRecordServer(({ type, nth, body, socket, exchanged, decrypted }) => {
      if (type === 24) socket.write(record(24, 0x0303, Buffer.alloc(3 + (body[2] ?? 0), 2)));
      else if (type === 20 && !exchanged && nth === 2) socket.end(badRecordMac);
      else if (type === 22 && nth === 1) socket.end(isPadded(decrypted()) ? badRecordMac : alert(40));
    });
    ends.push(server.close);
    const { code, by, codes } = await scanned(server.port, "--tls", "implicit", "--intrusive");
    expect(by("flawed")).toEqual(expect.arrayContaining(["heartbleed", "early-ccs", "robot"]));
    expect(codes).toEqual(expect.arrayContaining(["flaw.heartbleed", "flaw.early-ccs", "flaw.robot"]));
    expect(code).toBe(2);
    expect(by("flawed")).not.toContain("ticketbleed");
  });

  it("that is sound in all of them aren't found", async () => {
    const server = await startRecordServer(soundly);
    ends.push(server.close);
    const { by, code } = await scanned(server.port, "--tls", "implicit", "--intrusive");
    expect(by("flawed").filter((name) => intrusive.includes(name))).toEqual([]);
    expect(by("sound")).toEqual(expect.arrayContaining(["heartbleed", "early-ccs", "robot"]));
    // It completes no handshake.
    expect(by("unknown")).toContain("ticketbleed");
    expect(code).not.toBe(2);
  });

  it("are few where Node's own server answers; what is intrusive isn't looked for unasked", async () => {
    const { port } = await started({ tls: { secureOptions: noRenegotiation } });
    const plain = await scanned(port);
    expect(plain.by("flawed")).toEqual(["capabilities-differ", "mail-in-clear"]);
    expect(plain.by("unknown")).toEqual([]);
    expect(plain.printed.flaws.map(({ name }) => name)).not.toEqual(expect.arrayContaining(intrusive.slice(0, 1)));
    const thorough = await scanned(port, "--intrusive");
    expect(thorough.by("flawed")).toEqual(["capabilities-differ", "mail-in-clear"]);
    expect(thorough.by("sound")).toEqual(expect.arrayContaining(intrusive));
    expect([plain.code, thorough.code]).toEqual([1, 1]);
    // At most two connections for each, but for ROBOT, which Node's server gives no occasion to.
    expect(thorough.printed.connections - plain.printed.connections).toBeLessThanOrEqual(2 * (intrusive.length - 1));
  });

  it("can be left out by name, each with its connections", async () => {
    const server = await started({ keepsBuffer: true });
    const names = ["command-injection", "mail-in-clear", "needs-server-name", "resumption", "resumption-tls13"];
    const whole = await scanned(server.port);
    expect(whole.codes).toContain("flaw.command-injection");
    expect(whole.code).toBe(2);
    const less = await scanned(server.port, "--skip", names.join(","));
    expect(less.codes).not.toContain("flaw.command-injection");
    expect(less.code).toBe(1);
    expect(less.printed.flaws.map(({ name }) => name)).not.toEqual(expect.arrayContaining(["command-injection"]));
    expect(whole.printed.connections - less.printed.connections).toBeLessThanOrEqual(2 * names.length);
    expect(server.lines.filter((line) => line === "NOOP")).toHaveLength(1);
  });

  it("that nobody knows are named", async () => {
    const { code, err } = await chainmail("scan", "127.0.0.1:1", "--skip", "herzbluten", ...always);
    expect(code).toBe(64);
    expect(err).toMatch(/^chainmail: --skip: no flaw 'herzbluten'; there are capabilities-differ, .*sweet32/);
  });

  it("aren't asked for where only a grade is", async () => {
    const { port } = await started({});
    const { printed, by } = await scanned(port, "--grade");
    expect(printed.flaws.map(({ name }) => name)).not.toContain("command-injection");
    expect(by("sound")).toContain("poodle");
  });
});

describe("who answers", () => {
  it("several machines, of which some are without TLS, at that rate", async () => {
    const hello = (connection: number) => [
      `250-mx${connection % 2}.example`,
      ...(connection % 4 === 0 ? [] : ["250-STARTTLS"]),
      "250 SIZE",
    ];
    const { port } = await started({ replies: { ehlo: hello } });
    const { printed, codes, by, code } = await scanned(port);
    expect(codes).toEqual(expect.arrayContaining(["starttls.intermittent", "flaw.several-machines"]));
    const rate = printed.flaws.find(({ name }) => name === "intermittent")?.detail[0];
    expect(rate).toMatch(/^\d+ of \d+ connections without STARTTLS \(2\d %\)$/);
    expect(printed.incomplete).toBe(null);
    expect(by("flawed")).toContain("several-machines");
    expect(code).toBe(2);
  });

  it("a STARTTLS that isn't announced is found on the light probe's own connection", async () => {
    const server = await started({ hidesStarttls: true });
    const { codes, code } = await scanned(server.port);
    expect(codes).toEqual(["starttls.absent", "flaw.unannounced-starttls"]);
    expect([code, server.connections]).toEqual([2, 1]);
    const left = await scanned(server.port, "--skip", "unannounced-starttls");
    expect(left.codes).toEqual(["starttls.absent"]);
    expect(server.lines.filter((line) => line === "STARTTLS")).toHaveLength(1);
  });

  it("plaintext behind the 220 is told once", async () => {
    const { port } = await started({ injected: "250 hi\r\n" });
    const { codes, by } = await scanned(port);
    expect(codes.filter((code) => code === "starttls.response-injected")).toHaveLength(1);
    expect(by("flawed")).toContain("response-injection");
  });
});

describe("certificates of both types", () => {
  it.each(["TLSv1.2", "TLSv1.3"] as const)("are read and judged in %s", async (version) => {
    const day = 86_400_000;
    const ec = await selfSigned({ names: ["mx.example"] });
    const rsa = await selfSigned({
      names: ["mx.example"],
      key: "rsa2048",
      notBefore: new Date(Date.now() - 9 * day),
      notAfter: new Date(Date.now() - day),
    });
    const { port } = await started({
      tls: {
        cert: [ec.certPem, rsa.certPem],
        key: [ec.keyPem, rsa.keyPem],
        minVersion: version,
        maxVersion: version,
      },
    });
    for (const argv of [[], ["--grade"]]) {
      const { printed } = await scanned(port, "--server-name", "mx.example", ...argv);
      const shown = [printed.certificate?.sha256, printed.otherCertificate?.sha256];
      expect([...printed.certificates, ...shown]).toEqual(expect.arrayContaining([ec.sha256, rsa.sha256]));
      const expired = printed.findings.filter(({ code }) => code === "cert.expired");
      expect(expired).toHaveLength(1);
    }
  });
});

describe("signature schemes", () => {
  it("are all found, and the weak ones told", async () => {
    const { certPem, keyPem } = await selfSigned({ names: ["mx.example"], key: "rsa2048" });
    const sigalgs = "RSA-PSS+SHA256:RSA+SHA512:RSA+SHA256:RSA+SHA1";
    const ciphers = "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:@SECLEVEL=0";
    const { port } = await started({ tls: { cert: certPem, key: keyPem, maxVersion: "TLSv1.2", ciphers, sigalgs } });
    const { printed, codes } = await scanned(port);
    expect(printed.signatures).toEqual(["0x0201", "0x0401", "0x0601", "0x0804"]);
    expect(codes).toContain("flaw.weak-signatures");
  });

  it("of TLS 1.3, whose signatures are encrypted, are found as well, of both keys", async () => {
    const rsa = await selfSigned({ names: ["mx.example"], key: "rsa2048" });
    const ec = await selfSigned({ names: ["mx.example"] });
    const sigalgs = "RSA-PSS+SHA384:RSA-PSS+SHA256:ECDSA+SHA256:RSA+SHA256:ECDSA+SHA512";
    const tls = { cert: [rsa.certPem, ec.certPem], key: [rsa.keyPem, ec.keyPem], sigalgs };
    const { port } = await started({ tls });
    const { printed, codes } = await scanned(port);
    const usedIn = (version: "TLSv1.2" | "TLSv1.3") =>
      printed.signatureSchemes?.filter(({ versions }) => versions.includes(version)).map(({ name }) => name);
    expect(usedIn("TLSv1.3")).toEqual(["ecdsa_sha256", "rsa_pss_rsae_sha256", "rsa_pss_rsae_sha384"]);
    expect(usedIn("TLSv1.2")).toEqual(expect.arrayContaining(["rsa_pkcs1_sha256", "ecdsa_sha512"]));
    expect(codes).not.toContain("flaw.weak-signatures");
  });
});

it("the report and the Markdown name them", async () => {
  const { port } = await started({ keepsBuffer: true });
  const { out } = await chainmail("scan", `127.0.0.1:${port}`, ...always);
  expect(out).toMatch(/^ {2}Flaws:$/m);
  expect(out).toMatch(/^ {4}command-injection +answered under TLS: 250 2\.0\.0 Ok$/m);
  const [, absent = ""] = /^ {4}not found: ([^:]*?)\n\n/m.exec(out) ?? [];
  expect(absent.split(/,\s+/)).toEqual(expect.arrayContaining(["drown", "poodle", "needs-server-name"]));
  expect(absent.split("\n").filter((line) => line.length > 100)).toEqual([]);
  expect(out).toMatch(/^ {2}Signatures in TLSv1\.3: ecdsa_sha256\n {2}Signatures in TLSv1\.2: ecdsa_sha/m);
  const markdown = await chainmail("scan", `127.0.0.1:${port}`, "--markdown", ...always);
  expect(markdown.out).toMatch(/^\| ecdsa\\_sha256 \| TLSv1\.3, TLSv1\.2 \|$/m);
  expect(markdown.out).toMatch(/^\| command-injection \| flawed \| answered under TLS: 250 2\.0\.0 Ok \|$/m);
});
