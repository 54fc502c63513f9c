/** What other scanners find: pairs of version and suite, as `TLSv1.2 0xC030`. */

import { join } from "node:path";
import { suiteByName } from "../../lib/protocols/tls/suites.ts";
import { run } from "./cache.ts";

const cache = process.env.CHAINMAIL_PEERS ?? "";
const libraries = `usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;
const sslscanRoot = join(cache, "sslscan");
const nmapRoot = join(cache, "nmap");

const pair = (version: string, code: number) => `${version} 0x${code.toString(16).toUpperCase().padStart(4, "0")}`;
/** TLS 1.0 as we call it. */
const versionOf = (name: string) => name.replace("TLSv1.0", "TLSv1");

export async function sslscanPairs(port: number): Promise<ReadonlySet<string>> {
  const off = ["heartbleed", "renegotiation", "fallback", "compression", "groups", "check-certificate"];
  const { stdout, stderr } = await run(
    join(sslscanRoot, "usr/bin/sslscan"),
    ["--starttls-smtp", "--xml=-", ...off.map((what) => `--no-${what}`), `127.0.0.1:${port}`],
    { env: { ...process.env, LD_LIBRARY_PATH: join(sslscanRoot, libraries) } },
  );
  const found = stdout.matchAll(/sslversion="([^"]+)"[^>]* id="0x([0-9A-Fa-f]+)"/g);
  return notEmpty(
    [...found].map(([, version = "", id = ""]) => pair(versionOf(version), Number.parseInt(id, 16))),
    stderr,
  );
}

export async function nmapPairs(port: number): Promise<ReadonlySet<string>> {
  const { stdout, stderr } = await run(
    join(nmapRoot, "usr/bin/nmap"),
    ["-Pn", "-sT", "-sV", "--script", "ssl-enum-ciphers", "-p", String(port), "-oX", "-", "127.0.0.1"],
    {
      env: { ...process.env, LD_LIBRARY_PATH: join(nmapRoot, libraries), NMAPDIR: join(nmapRoot, "usr/share/nmap") },
      timeoutMs: 120_000,
    },
  );
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

function notEmpty(pairs: readonly string[], told: string): ReadonlySet<string> {
  if (pairs.length === 0) throw new Error(`nothing found: ${told}`);
  return new Set(pairs);
}
