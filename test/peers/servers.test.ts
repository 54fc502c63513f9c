/** Real Postfix and Exim in every state that a mail server is found in: our verdict, and what the peers say of the same. */

import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { type Authority, type Issued, issue, makeCa, selfSigned } from "../fakes/certificates.ts";
import { makeFolder } from "./cache.ts";
import { chainmail, type Place, posttlsFinger, type Session, sClient } from "./clients.ts";
import { type Exim, startExim } from "./exim.ts";
import { type Postfix, type Server, startPostfix } from "./postfix.ts";

const name = "mx.peers.example";
const day = 86_400_000;
const days = (from: number, to: number) => ({
  notBefore: new Date(Date.now() + from * day),
  notAfter: new Date(Date.now() + to * day),
});

interface Expected {
  readonly server: string;
  readonly verdict: string;
  readonly findings: readonly string[];
  readonly exitCode: number;
  /** What the peers must find: null for no TLS. */
  readonly peers: { readonly isTrusted: boolean; readonly isVerified: boolean } | null;
}

const verified = { isTrusted: true, isVerified: true };
const untrusted = { isTrusted: false, isVerified: false };

const table: readonly Expected[] = [
  { server: "good", verdict: "secure", findings: [], exitCode: 0, peers: verified },
  { server: "intermediate", verdict: "secure", findings: [], exitCode: 0, peers: verified },
  { server: "self-signed", verdict: "unverified", findings: ["cert.self-signed"], exitCode: 1, peers: untrusted },
  { server: "no-tls", verdict: "lost", findings: ["starttls.absent"], exitCode: 2, peers: null },
  {
    server: "wrong-name",
    verdict: "unverified",
    findings: ["cert.name-mismatch"],
    exitCode: 1,
    peers: { isTrusted: true, isVerified: false },
  },
  {
    server: "tls-1.0",
    verdict: "weak",
    findings: ["tls.cipher-weak", "tls.no-forward-secrecy", "tls.protocol-weak"],
    exitCode: 1,
    peers: verified,
  },
  { server: "near-its-end", verdict: "secure", findings: ["cert.expiring"], exitCode: 1, peers: verified },
  { server: "expired", verdict: "unverified", findings: ["cert.expired"], exitCode: 1, peers: untrusted },
  {
    server: "incomplete",
    verdict: "unverified",
    findings: ["cert.incomplete-chain"],
    exitCode: 1,
    peers: untrusted,
  },
  { server: "postscreen", verdict: "secure", findings: [], exitCode: 0, peers: verified },
  { server: "exim", verdict: "secure", findings: [], exitCode: 0, peers: verified },
];

describe("what real servers are worth", () => {
  let folder: string;
  let postfix: Postfix;
  let exim: Exim;

  beforeAll(async () => {
    folder = await makeFolder("peers");
    const ca = await makeCa({ name: "Peers' root" });
    await writeFile(join(folder, "ca.pem"), ca.certPem);
    const good = await issue(ca, { names: [name] });
    const servers = await serversOf(ca, good);
    postfix = await startPostfix(servers, {
      smtpd_tls_chain_files: await keep("good", good),
      postscreen_greet_wait: "3s",
    });
    exim = await startExim({ certificate: good.chainPem, key: good.keyPem });
  });
  afterAll(async () => {
    await Promise.all([postfix?.stop(), exim?.stop(), rm(folder, { recursive: true })]);
  });

  /** Key and chain in one file, as `smtpd_tls_chain_files` wants it. */
  async function keep(what: string, { keyPem, chainPem }: Pick<Issued, "keyPem" | "chainPem">): Promise<string> {
    const file = join(folder, `${what}.pem`);
    await writeFile(file, keyPem + chainPem);
    return file;
  }

  async function serversOf(ca: Authority, good: Issued): Promise<Readonly<Record<string, Server>>> {
    const showing = async (what: string, issued: Pick<Issued, "keyPem" | "chainPem">): Promise<Server> => ({
      settings: { smtpd_tls_chain_files: await keep(what, issued) },
    });
    const below = await issue(ca, { names: [name], intermediate: true, caIssuers: "http://ca.peers.example/i.der" });
    const old = await issue(ca, { names: [name], key: "rsa2048" });
    return {
      good: await showing("good", good),
      intermediate: await showing("intermediate", below),
      "self-signed": await showing("self-signed", await selfSigned({ names: [name] })),
      "no-tls": { settings: { smtpd_tls_security_level: "none" } },
      "wrong-name": await showing("wrong-name", await issue(ca, { names: ["other.peers.example"] })),
      "tls-1.0": {
        settings: {
          smtpd_tls_chain_files: await keep("tls-1.0", old),
          smtpd_tls_protocols: ">=TLSv1, <=TLSv1",
          smtpd_tls_ciphers: "medium",
          tls_medium_cipherlist: "AES256-SHA:@SECLEVEL=0",
        },
      },
      "near-its-end": await showing("near-its-end", await issue(ca, { names: [name], ...days(-80, 10) })),
      expired: await showing("expired", await issue(ca, { names: [name], ...days(-90, -1) })),
      incomplete: await showing("incomplete", { keyPem: below.keyPem, chainPem: below.certPem }),
      postscreen: { postscreen: true, settings: { postscreen_access_list: "", postscreen_greet_action: "enforce" } },
    };
  }

  const placeOf = (server: string): Place => ({
    port: server === "exim" ? exim.port : postfix.port(server),
    name,
    caFile: join(folder, "ca.pem"),
    legacy: server === "tls-1.0",
  });

  test.each(table)("$server: $verdict", async ({ server, verdict, findings, exitCode, peers }) => {
    const place = placeOf(server);
    const ours = await chainmail(place);
    expect({
      verdict: ours.verdict,
      findings: ours.findings.map(({ code }) => code).sort(),
      exitCode: ours.exitCode,
    }).toEqual({
      verdict,
      findings,
      exitCode,
    });
    const agreed: Session | null = peers &&
      ours.tls && { protocol: ours.tls.protocol, cipher: ours.tls.cipher, ...peers };
    expect(await posttlsFinger(place, postfix.folder)).toEqual(agreed);
    expect(await sClient(place)).toEqual(agreed);
  });

  it("waits as long as postscreen's greeting takes", async () => {
    const log = await postfix.log();
    // Who speaks before the greeting is caught by it.
    expect(log).not.toMatch(/postscreen.*PREGREET/);
    expect(log).toMatch(/postscreen.*PASS NEW/);
  });
});
