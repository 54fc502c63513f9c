/** What other scanners find: pairs of version and suite, as `TLSv1.2 0xC030`. */

import { join } from "node:path";
import { suiteByName } from "../../lib/protocols/tls/suites.ts";
import { type Ran, run } from "./cache.ts";

const cache = process.env.CHAINMAIL_PEERS ?? "";
const libraries = `usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;
const sslscanRoot = join(cache, "sslscan");
const nmapRoot = join(cache, "nmap");

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
  return notEmpty(
    [...found].map(([, version = "", id = ""]) => pair(versionOf(version), Number.parseInt(id, 16))),
    stderr,
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
  return notEmpty(pairs, stderr);
}

function scanned({ args: [program, ...args], env }: ScannerCommand): Promise<Ran> {
  return run(program, args, { env, timeoutMs: 120_000 });
}

function notEmpty(pairs: readonly string[], told: string): ReadonlySet<string> {
  if (pairs.length === 0) throw new Error(`nothing found: ${told}`);
  return new Set(pairs);
}
