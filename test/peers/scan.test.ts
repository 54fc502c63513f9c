/** `chainmail scan` of real servers, compared pair by pair with sslscan and nmap: none less, and none that neither confirms. */

import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ScanTargetJson } from "../../lib/cli/scan-schema.ts";
import { askedFlaws } from "../../lib/protocols/scan/flaws/asked.ts";
import { selfSigned } from "../fakes/certificates.ts";
import { makeFolder, run } from "./cache.ts";
import { type Exim, startExim } from "./exim.ts";
import { type Postfix, startPostfix } from "./postfix.ts";
import { nmapPairs, sslscanPairs } from "./scanners.ts";

const everything = {
  smtpd_tls_ciphers: "medium",
  tls_medium_cipherlist: "ALL:COMPLEMENTOFALL:@SECLEVEL=0",
  smtpd_tls_protocols: ">=TLSv1",
  tls_preempt_cipherlist: "yes",
};

async function scanned(port: number): Promise<ScanTargetJson> {
  const args = ["bin/chainmail.ts", "scan", `127.0.0.1:${port}`, "--allow-private", "--json"];
  const { stdout, stderr } = await run(process.execPath, args);
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout);
}

function pairsOf({ protocols }: ScanTargetJson): readonly string[] {
  return protocols.flatMap(({ name, suites }) => suites.map(({ code }) => `${name} ${code}`));
}

describe("pair by pair with sslscan and nmap", { timeout: 240_000 }, () => {
  let folder: string;
  let postfix: Postfix;
  let exim: Exim;

  beforeAll(async () => {
    folder = await makeFolder("scan");
    const rsa = await selfSigned({ names: ["mx.peers.example"], key: "rsa2048" });
    const ec = await selfSigned({ names: ["mx.peers.example"], key: "ec" });
    const files = [join(folder, "rsa.pem"), join(folder, "ec.pem")] as const;
    await writeFile(files[0], rsa.keyPem + rsa.certPem);
    await writeFile(files[1], ec.keyPem + ec.certPem);
    const server = { smtpd_tls_chain_files: files[0] };
    postfix = await startPostfix({
      modern: { settings: { ...server, smtpd_tls_protocols: ">=TLSv1.2", smtpd_tls_exclude_ciphers: "aNULL" } },
      everything: { settings: { ...server, ...everything } },
      "two-certificates": { settings: { ...everything, smtpd_tls_chain_files: files.join(",") } },
    });
    exim = await startExim({ certificate: rsa.certPem, key: rsa.keyPem });
  });
  afterAll(async () => {
    await postfix?.stop();
    await exim?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(["modern", "everything", "two-certificates", "exim"])("%s", async (name) => {
    const port = name === "exim" ? exim.port : postfix.port(name);
    const ours = await scanned(port);
    const [sslscan, nmap] = [await sslscanPairs(port), await nmapPairs(port)];
    const found = pairsOf(ours);
    expect([...sslscan, ...nmap].filter((pair) => !found.includes(pair))).toEqual([]);
    expect(found.filter((pair) => !sslscan.has(pair) && !nmap.has(pair))).toEqual([]);
    expect(ours.incomplete).toBe(null);
    const versionsAsked = ours.protocols.length;
    // Then the signature schemes that the suites' own connections don't show, the other certificate, and each flaw's two.
    const inventory = found.length + 2 * versionsAsked + ours.groups.length + 4;
    const flaws = askedFlaws.filter(({ when }) => when !== "intrusive").length + 1;
    expect(ours.connections).toBeLessThanOrEqual(inventory + ours.signatures.length + 3 + 2 * flaws);
    if (name === "everything") expect(found).toHaveLength(104);
    if (name === "two-certificates") expect(ours.certificates).toHaveLength(2);
  });
});
