/** What other scanners find: pairs of version and suite, as `TLSv1.2 0xC030`. */

import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { suiteByName } from "../../lib/protocols/tls/suites.ts";
import { cache, libraries, type Ran, run } from "./cache.ts";

const sslscanRoot = join(cache, "sslscan");
const nmapRoot = join(cache, "nmap");
const testsslRoot = join(cache, "testssl.sh");

const pair = (version: string, code: number) => `${version} 0x${code.toString(16).toUpperCase().padStart(4, "0")}`;
/** TLS 1.0 as we call it. */
const versionOf = (name: string) => name.replace("TLSv1.0", "TLSv1");

/** A scanner's command line and its environment. */
interface ScannerCommand {
  readonly args: readonly [string, ...string[]];
  readonly env: NodeJS.ProcessEnv;
}

/** Suites only. */
export function sslscanCommand(port: number): ScannerCommand {
  const off = ["heartbleed", "renegotiation", "fallback", "compression", "groups", "check-certificate"];
  const options = ["--starttls-smtp", "--xml=-", ...off.map((what) => `--no-${what}`)];
  return {
    args: [join(sslscanRoot, "usr/bin/sslscan"), ...options, `127.0.0.1:${port}`],
    env: { ...process.env, LD_LIBRARY_PATH: join(sslscanRoot, libraries) },
  };
}

/** What it sees beside suites. */
export interface SslscanFacts {
  /** Code points of groups. */
  readonly groups: readonly number[];
  readonly secureRenegotiation: boolean | null;
  readonly fallbackScsv: boolean | null;
  readonly compression: boolean | null;
}

export async function sslscanFacts(port: number): Promise<SslscanFacts> {
  const { args, env } = sslscanCommand(port);
  const off = ["ciphersuites", "heartbleed", "check-certificate"].map((what) => `--no-${what}`);
  const { stdout } = await scanned({ args: [args[0], "--starttls-smtp", "--xml=-", ...off, `127.0.0.1:${port}`], env });
  const told = (pattern: RegExp) => {
    const value = pattern.exec(stdout)?.[1];
    return value === undefined ? null : value === "1";
  };
  return {
    groups: [...stdout.matchAll(/<group [^>]*id="0x([0-9a-fA-F]+)"/g)].map(([, id = ""]) => Number.parseInt(id, 16)),
    secureRenegotiation: told(/<renegotiation supported="1" secure="(\d)"/),
    fallbackScsv: told(/<fallback supported="(\d)"/),
    compression: told(/<compression supported="(\d)"/),
  };
}

export function nmapCommand(port: number): ScannerCommand {
  const options = ["-Pn", "-sT", "-sV", "--script", "ssl-enum-ciphers", "-p", String(port), "-oX", "-"];
  return {
    args: [join(nmapRoot, "usr/bin/nmap"), ...options, "127.0.0.1"],
    env: { ...process.env, LD_LIBRARY_PATH: join(nmapRoot, libraries), NMAPDIR: join(nmapRoot, "usr/share/nmap") },
  };
}

export async function sslscanPairs(port: number): Promise<ReadonlySet<string>> {
  const { stdout, stderr } = await scanned(sslscanCommand(port));
  const found = stdout.matchAll(/sslversion="([^"]+)"[^>]* id="0x([0-9A-Fa-f]+)"/g);
  return done(
    [...found].map(([, version = "", id = ""]) => pair(versionOf(version), Number.parseInt(id, 16))),
    stdout.includes("</document>") ? null : stderr,
  );
}

export async function nmapPairs(port: number): Promise<ReadonlySet<string>> {
  const { stdout, stderr } = await scanned(nmapCommand(port));
  const pairs: string[] = [];
  let version = "";
  for (const [, key, name] of stdout.matchAll(
    /<table key="(SSLv3|TLSv1\.\d)">|<elem key="name">([A-Z0-9a-z_-]+)<\/elem>/g,
  )) {
    if (key !== undefined) version = versionOf(key);
    // Of TLS 1.3 it has names of its own.
    const suite = suiteByName((name ?? "").replace("TLS_AKE_WITH_", "TLS_"));
    if (suite !== undefined && version !== "") pairs.push(pair(version, suite.code));
  }
  return done(pairs, stdout.includes('exit="success"') ? null : stderr);
}

/** As testssl.sh names versions. */
const testsslVersions: Readonly<Record<string, string>> = {
  ssl3: "SSLv3",
  tls1: "TLSv1",
  tls1_1: "TLSv1.1",
  tls1_2: "TLSv1.2",
  tls1_3: "TLSv1.3",
};

/** Every suite in every version. `file` is where its report is put. */
export async function testsslPairs(port: number, file: string): Promise<ReadonlySet<string>> {
  await rm(file, { force: true });
  const options = ["--quiet", "--color", "0", "--warnings", "off", "--nodns", "none", "--starttls", "smtp"];
  const args = [join(testsslRoot, "usr/bin/testssl"), ...options, "--cipher-per-proto", "--jsonfile", file];
  const { stdout, stderr } = await run("bash", [...args, `127.0.0.1:${port}`], {
    env: {
      ...process.env,
      TESTSSL_INSTALL_DIR: join(testsslRoot, "etc/testssl"),
      PATH: `${join(testsslRoot, "usr/bin")}:${process.env.PATH}`,
      LD_LIBRARY_PATH: join(testsslRoot, libraries),
      // On loopback nothing is slow: it rests this long after sending, and before reading.
      USLEEP_SND: "0",
      USLEEP_REC: "0.02",
    },
    timeoutMs: 300_000,
  });
  const report = await readFile(file, "utf8");
  const found = report.matchAll(/"cipher-(\w+)_x([0-9a-f]+)"/g);
  return done(
    [...found].map(([, version = "", id = ""]) => pair(testsslVersions[version] ?? version, Number.parseInt(id, 16))),
    report.includes("scanTime") ? null : stdout + stderr,
  );
}

function scanned({ args: [program, ...args], env }: ScannerCommand): Promise<Ran> {
  return run(program, args, { env, timeoutMs: 120_000 });
}

/** `failed`: what a scanner said that didn't come to its end. */
function done(pairs: readonly string[], failed: string | null): ReadonlySet<string> {
  if (failed !== null) throw new Error(`a scanner failed: ${failed}`);
  return new Set(pairs);
}
