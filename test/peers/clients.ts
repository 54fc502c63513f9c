/** Three clients that look at the same server: ours, Postfix's and OpenSSL's. */

import { join } from "node:path";
import { postfixEnv, postfixRoot, run } from "./cache.ts";

/** What a client says of the session it got; null where TLS was not offered. */
export interface Session {
  /** `TLSv1.3`. */
  readonly protocol: string;
  /** OpenSSL's name. */
  readonly cipher: string;
  /** Whether a path to a root was found, dates included. */
  readonly isTrusted: boolean;
  /** Whether the name matches as well. */
  readonly isVerified: boolean;
}

export interface Place {
  readonly port: number;
  /** The reference name. */
  readonly name: string;
  /** PEM file of the trusted roots. */
  readonly caFile: string;
  /** The peers refuse old protocols unless they're told not to. */
  readonly legacy?: boolean;
}

export interface Report {
  readonly verdict: string;
  readonly findings: readonly { readonly code: string; readonly severity: string }[];
  readonly authentication: string;
  readonly tls: { readonly protocol: string; readonly cipher: string } | null;
  readonly exitCode: number;
}

/** `chainmail probe … --json`, as a person would call it. */
export async function chainmail({ port, name, caFile }: Place): Promise<Report> {
  const args = ["probe", `127.0.0.1:${port}`, "--json", "--allow-private", "--ca", caFile, "--server-name", name];
  const { code, stdout, stderr } = await run(process.execPath, ["bin/chainmail.ts", ...args]);
  if (stderr !== "") throw new Error(stderr);
  return { ...JSON.parse(stdout), exitCode: code };
}

/**
 * By the words of Postfix's log (postconf(5) smtp_tls_loglevel): `Trusted` where TLS is asked for and the chain is good,
 * `Verified` where a name is asked for as well and found.
 */
export async function posttlsFinger(
  { port, name, caFile, legacy = false }: Place,
  folder: string,
): Promise<Session | null> {
  const old = ["-p", "TLSv1", "-o", "tls_medium_cipherlist=AES256-SHA:@SECLEVEL=0"];
  const look = async (level: "encrypt" | "secure") => {
    const { stdout, stderr } = await run(
      join(postfixRoot, "usr/sbin/posttls-finger"),
      [
        "-l",
        level,
        "-F",
        caFile,
        "-s",
        name,
        ...(legacy ? old : []),
        `[127.0.0.1]:${port}`,
        ...(level === "secure" ? [name] : []),
      ],
      { env: { ...postfixEnv, MAIL_CONFIG: folder } },
    );
    const told = stdout + stderr;
    const [, word, protocol, cipher] =
      /(Verified|Trusted|Untrusted) TLS connection established .*: (TLSv[\d.]+) with cipher (\S+)/.exec(told) ?? [];
    return { told, word, protocol, cipher };
  };
  const { told, word, protocol, cipher } = await look("encrypt");
  if (protocol !== undefined && cipher !== undefined) {
    return { protocol, cipher, isTrusted: word === "Trusted", isVerified: (await look("secure")).word === "Verified" };
  }
  if (/< 250 /.test(told) && !told.includes("STARTTLS")) return null;
  throw new Error(`posttls-finger: ${told}`);
}

export async function sClient({ port, name, caFile, legacy = false }: Place): Promise<Session | null> {
  const ask = async (verification: readonly string[]) => {
    const old = ["-tls1", "-cipher", "DEFAULT:@SECLEVEL=0"];
    const { stdout, stderr } = await run(
      "openssl",
      [
        "s_client",
        "-brief",
        "-starttls",
        "smtp",
        "-connect",
        `127.0.0.1:${port}`,
        "-servername",
        name,
        "-CAfile",
        caFile,
        "-no-CApath",
        "-no-CAstore",
        ...verification,
        ...(legacy ? old : []),
      ],
      { input: "QUIT\r\n" },
    );
    return stdout + stderr;
  };
  const told = await ask([]);
  if (/didn't found starttls|not found starttls|didn't find STARTTLS/i.test(told)) return null;
  const protocol = /^Protocol version: (\S+)/m.exec(told)?.[1];
  const cipher = /^Ciphersuite: (\S+)/m.exec(told)?.[1];
  if (protocol === undefined || cipher === undefined) throw new Error(`s_client: ${told}`);
  const isOk = (text: string) => /^Verification: OK/m.test(text);
  return { protocol, cipher, isTrusted: isOk(told), isVerified: isOk(await ask(["-verify_hostname", name])) };
}
