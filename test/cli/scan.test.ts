/** `chainmail scan`, from its arguments to what it prints and its exit code. */

import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import type { ScanTargetJson } from "../../lib/cli/scan-schema.ts";
import { suiteByName } from "../../lib/protocols/tls/suites.ts";
import { chainmail } from "../fakes/cli.ts";
import { type HelloServerOptions, startHelloServer } from "../fakes/hello-server.ts";
import { type MailServerOptions, startMailServer } from "../fakes/mail-server.ts";
import { curveExchange, finiteFieldExchange } from "../fakes/server-hello.ts";

const always = ["--allow-private", "--timeout", "3s"];
const scan = (...argv: readonly string[]) => chainmail("scan", ...argv, ...always);

const schema = new Ajv2020({ formats: { "date-time": true } }).compile(
  JSON.parse(readFileSync(new URL("../../docs/schema/scan.json", import.meta.url), "utf8")),
);

async function scanned(...argv: readonly string[]) {
  const { code, out } = await scan(...argv, "--json");
  const printed = JSON.parse(out) as ScanTargetJson;
  expect(schema(printed), JSON.stringify(schema.errors)).toBe(true);
  const by = (name: string) => {
    const found = printed.protocols.find((protocol) => protocol.name === name);
    return found?.suites.map(({ openssl }) => openssl);
  };
  return { code, printed, by };
}

async function ofMailServer(options: MailServerOptions, ...argv: readonly string[]) {
  const server = await startMailServer(options);
  try {
    const result = await scanned(`127.0.0.1:${server.port}`, ...argv);
    return { ...result, peak: server.peak, connections: server.connections };
  } finally {
    await server.close();
  }
}

async function ofHelloServer(options: HelloServerOptions) {
  const server = await startHelloServer(options);
  try {
    return { ...(await scanned(`127.0.0.1:${server.port}`, "--tls", "implicit")), peak: server.peak };
  } finally {
    await server.close();
  }
}

async function bothDepths(options: MailServerOptions) {
  const full = await ofMailServer(options);
  const short = await ofMailServer(options, "--grade");
  const levels = ({ grades }: ScanTargetJson) => grades?.map(({ standard, level }) => [standard, level]);
  expect(levels(short.printed)).toEqual(levels(full.printed));
  expect(short.printed.score).toBe(full.printed.score);
  return { full, short };
}

const codes = (...names: string[]) => names.map((name) => suiteByName(name)?.code ?? 0);
const findingCodes = ({ findings }: ScanTargetJson) => findings.map(({ code }) => code);

describe("chainmail scan", () => {
  it("finds what Node's own TLS server accepts, in its order", async () => {
    const ciphers =
      "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-SHA";
    const { code, printed, by, peak, connections } = await ofMailServer({
      tls: { ciphers, honorCipherOrder: true, minVersion: "TLSv1.2", ecdhCurve: "X25519:P-256:P-384" },
    });
    expect(printed.protocols.map(({ name, accepted }) => [name, accepted])).toEqual([
      ["SSLv2", false],
      ["SSLv3", false],
      ["TLSv1", false],
      ["TLSv1.1", false],
      ["TLSv1.2", true],
      ["TLSv1.3", true],
    ]);
    expect(by("TLSv1.3")).toEqual(["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"]);
    expect(by("TLSv1.2")).toEqual(["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-SHA"]);
    expect(printed.protocols.slice(-2).map(({ preference }) => preference)).toEqual(["server", "server"]);
    expect(printed.groups.map(({ name }) => name)).toEqual(["x25519", "secp256r1", "secp384r1"]);
    // The light probe comes before, with connections of its own.
    expect(connections - printed.connections).toBe(1);
    expect(peak).toBeLessThanOrEqual(4);
    expect(code).toBe(1);
    expect(findingCodes(printed)).toContain("cert.self-signed");
    expect(printed.habits).toEqual({
      secureRenegotiation: true,
      extendedMasterSecret: true,
      compression: false,
      heartbeat: false,
      tickets: true,
      fallbackScsv: true,
    });
  });

  it("finds SSLv2, SSLv3, EXPORT, RC4 and NULL, which no library here speaks", async () => {
    const old = codes("RC4-MD5", "EXP-DES-CBC-SHA", "NULL-SHA", "DHE-RSA-AES128-SHA", "ECDHE-RSA-RC4-SHA");
    const { code, printed, by } = await ofHelloServer({
      sslv2: [0x010080, 0x020080],
      suites: { 768: old.slice(0, 3), 769: old },
      flight: (suite) =>
        suite === old[3]
          ? { keyExchange: finiteFieldExchange(1024) }
          : suite === old[4]
            ? { keyExchange: curveExchange(23) }
            : {},
    });
    expect(by("SSLv2")).toEqual(["RC4-MD5", "EXP-RC4-MD5"]);
    expect(by("SSLv3")).toEqual(["RC4-MD5", "EXP-DES-CBC-SHA", "NULL-SHA"]);
    expect(by("TLSv1")).toEqual(["RC4-MD5", "EXP-DES-CBC-SHA", "NULL-SHA", "DHE-RSA-AES128-SHA", "ECDHE-RSA-RC4-SHA"]);
    expect(printed.dhPrimes.map(({ bits }) => bits)).toEqual([1024]);
    expect(printed.protocols.map(({ instead }) => instead)).toEqual([null, null, null, "TLSv1", "TLSv1", "TLSv1"]);
    expect(findingCodes(printed)).toEqual(
      expect.arrayContaining(["tls.protocol-accepted", "tls.cipher-accepted", "tls.group-accepted"]),
    );
    // What reads plaintext is critical: DROWN.
    expect(findingCodes(printed)).toEqual(
      expect.arrayContaining(["flaw.drown", "flaw.poodle", "flaw.freak", "flaw.logjam", "flaw.sweet32"]),
    );
    expect(code).toBe(2);
  });

  it.each(["alert", "close", "reset"] as const)("takes %s for a refusal where others are answered", async (refuses) => {
    const { by, printed } = await ofHelloServer({ suites: { 771: codes("AES128-SHA", "AES256-SHA") }, refuses });
    expect(by("TLSv1.2")).toEqual(["AES128-SHA", "AES256-SHA"]);
    expect(by("TLSv1.1")).toEqual([]);
    expect(printed.incomplete).toBe(null);
  });

  it.each<[what: string, HelloServerOptions, { mostSuites: number | null; extensions: boolean }, line: string]>([
    [
      "no long hello",
      { mostSuites: 64 },
      { mostSuites: 64, extensions: true },
      "It understands no hello of more than 64 suites.",
    ],
    [
      "no extensions",
      { refusesExtensions: true },
      { mostSuites: null, extensions: false },
      "It understands no hello with extensions.",
    ],
  ])("asks who understands %s in hellos that it does, and says so", async (_what, limits, facts, line) => {
    const options = { ...limits, suites: { 769: codes("AES128-SHA", "RC4-MD5"), 771: codes("AES256-SHA") } };
    const { by, printed } = await ofHelloServer(options);
    expect([by("TLSv1"), by("TLSv1.2")]).toEqual([["AES128-SHA", "RC4-MD5"], ["AES256-SHA"]]);
    expect(printed).toMatchObject({ ...facts, incomplete: null });
    const server = await startHelloServer(options);
    const { out } = await scan(`127.0.0.1:${server.port}`, "--tls", "implicit");
    await server.close();
    expect(out).toContain(`  ${line}\n`);
  });

  it("asks no hello of a server without TLS, and says so", async () => {
    const { code, printed, connections } = await ofMailServer({ starttls: false });
    expect(printed).toMatchObject({ verdict: "lost", protocols: [], connections: 0 });
    expect(printed.incomplete).toBe("no hello could be sent");
    expect([code, connections]).toEqual([2, 1]);
  });

  it("prints a report by version", async () => {
    const server = await startMailServer({ tls: { minVersion: "TLSv1.2" } });
    const { out } = await scan(`127.0.0.1:${server.port}`);
    await server.close();
    expect(out).toMatch(/^\[127\.0\.0\.1\]:\d+$/m);
    expect(out).toMatch(/^ {2}TLSv1\.3 {2}yes: 3 suites, in the .+ order$/m);
    expect(out).toMatch(/^ {4}0x1301 TLS_AES_128_GCM_SHA256 +128 bits$/m);
    expect(out).toMatch(/^ {2}TLSv1 {4}no$/m);
    expect(out).toMatch(/^verdict: unverified$/m);
  });

  it.each<[string, MailServerOptions]>([
    [
      "modern",
      {
        tls: {
          minVersion: "TLSv1.2",
          ciphers: "TLS_AES_128_GCM_SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305",
        },
      },
    ],
    ["TLS 1.3", { tls: { minVersion: "TLSv1.3" } }],
  ])("gives a %s server the same grades in a dozen connections", async (_name, options) => {
    const { full, short } = await bothDepths(options);
    expect(short.printed.connections).toBeLessThanOrEqual(12);
    // The light probe may not be gone when the first hello comes.
    expect(short.peak).toBeLessThanOrEqual(2);
    expect(full.printed.depth).toBe("full");
    expect(short.printed.depth).toBe("grade");
  });

  it("gives the worst of servers the same grades in two dozen", async () => {
    const { short } = await bothDepths({
      tls: { minVersion: "TLSv1", ciphers: "ALL:COMPLEMENTOFALL:@SECLEVEL=0", dhparam: "auto" },
    });
    expect(short.printed.connections).toBeLessThanOrEqual(24);
  });

  it("says what changed since an earlier scan", async () => {
    const folder = await mkdtemp(join(tmpdir(), "chainmail-since-"));
    const server = await startMailServer({
      tls: { minVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES128-SHA:TLS_AES_128_GCM_SHA256" },
    });
    try {
      const target = `127.0.0.1:${server.port}`;
      const file = join(folder, "before.json");
      await writeFile(file, (await scan(target, "--json")).out);
      expect((await scan(target, "--since", file)).out).toMatch(/^changed at \[127.0.0.1\]:\d+:\n {2}nothing$/m);
      server.set({ tls: { minVersion: "TLSv1.3", ciphers: "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384" } });
      const { out } = await scan(target, "--since", file);
      expect(out).toMatch(/^changed at .+:\n {2}TLSv1\.2 is gone\n {2}TLS_AES_256_GCM_SHA384 in TLSv1\.3 is new$/m);
      await writeFile(file, "{}");
      expect((await scan(target, "--since", file)).code).toBe(64);
    } finally {
      await server.close();
      await rm(folder, { recursive: true });
    }
  });

  it("prints Markdown in which nothing from the wire is markup", async () => {
    const server = await startMailServer({ tls: { minVersion: "TLSv1.3" } });
    const { out } = await scan(`127.0.0.1:${server.port}`, "--markdown");
    await server.close();
    expect(out).toMatch(/^# TLS of 127\.0\.0\.1 \(127\.0\.0\.1, port \d+\)$/m);
    expect(out).toMatch(/^\| TLSv1\.3 \| yes \| .+ \| TLS\\_AES\\_/m);
    expect(out).toContain("- **warning** `cert.self-signed`: subject /CN=mx.example");
  });

  it("names what is wrong with its arguments", async () => {
    expect((await scan("no such host")).code).toBe(64);
    expect((await scan("mx.example", "--ip", "5")).code).toBe(64);
  });

  it("connects no faster than its pace, one connection at a time", async () => {
    const server = await startMailServer({ tls: { minVersion: "TLSv1.3" } });
    const began = performance.now();
    const { out, err } = await scan(`127.0.0.1:${server.port}`, "--grade", "--pace", "1200/1m", "--json");
    const took = performance.now() - began;
    const { connections, peak } = server;
    await server.close();
    expect(err).toBe("");
    expect(JSON.parse(out)).toMatchObject({ incomplete: null, throttled: null });
    expect(took).toBeGreaterThanOrEqual((connections - 2) * 50);
    // The one before may not be gone yet.
    expect(peak).toBeLessThanOrEqual(2);
    const wrong = await scan("127.0.0.1", "--pace", "fast");
    expect(wrong.code).toBe(64);
    expect(wrong.err).toContain("expected a pace like 1/5m or 6/1m");
  });
});
