/** `chainmail scan` as a person runs it, beside the distribution's sslscan and nmap: a Postfix with all that OpenSSL has. */

import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { probeNodeOptions } from "../../lib/world/environment.ts";
import { selfSigned } from "../fakes/certificates.ts";
import type { Chain } from "./certificates.ts";
import { measuredInChild, processUsage, type Usage } from "./child.ts";
import { atMost, type Figure, median, notMeasured } from "./figure.ts";
import type { ScansResult, ScansTask } from "./scans-at-once.ts";
import { startServers } from "./servers.ts";

const command = join(import.meta.dirname, "../../bin/chainmail.js");
const rounds = 7;
const scansAtOnce = 200;

const everything = {
  smtpd_tls_ciphers: "medium",
  tls_medium_cipherlist: "ALL:COMPLEMENTOFALL:@SECLEVEL=0",
  smtpd_tls_protocols: ">=TLSv1",
  tls_preempt_cipherlist: "yes",
};

export async function scanFigures(chain: Chain): Promise<readonly Figure[]> {
  return [...(await besideScanners()), ...(await manyAtOnce(chain))];
}

async function besideScanners(): Promise<readonly Figure[]> {
  process.env.CHAINMAIL_PEERS ??= join(homedir(), ".cache/chainmail-peers");
  if (!existsSync(join(process.env.CHAINMAIL_PEERS, "sslscan/done")) || process.getuid?.() !== 0)
    return [notMeasured("`chainmail scan` beside sslscan and nmap", "needs root, and `npm run test:peers` once")];
  // They read where the peers are when they are loaded.
  const { makeFolder } = await import("../peers/cache.ts");
  const { startPostfix } = await import("../peers/postfix.ts");
  const { nmapCommand, sslscanCommand } = await import("../peers/scanners.ts");
  const folder = await makeFolder("bench-scan");
  const { keyPem, certPem } = await selfSigned({ names: ["mx.peers.example"], key: "rsa2048" });
  await writeFile(join(folder, "rsa.pem"), keyPem + certPem);
  const settings = { smtpd_tls_chain_files: join(folder, "rsa.pem"), ...everything };
  const postfix = await startPostfix({ everything: { settings } });
  try {
    const port = postfix.port("everything");
    const measured = {
      ours: { args: [process.execPath, command, "scan", `127.0.0.1:${port}`, "--allow-private"], env: process.env },
      sslscan: sslscanCommand(port),
      nmap: nmapCommand(port),
    };
    const usages = { ours: [] as Usage[], sslscan: [] as Usage[], nmap: [] as Usage[] };
    for (let round = 0; round <= rounds; round++) {
      for (const name of ["ours", "sslscan", "nmap"] as const) {
        const usage = await processUsage(measured[name].args, measured[name].env);
        // The first run fills caches.
        if (round > 0) usages[name].push(usage);
      }
    }
    const of = (name: keyof typeof usages, which: keyof Usage) => median(usages[name].map((usage) => usage[which]));
    return (["wallMs", "cpuMs"] as const).map((which) => {
      const [ours, sslscan, nmap] = [of("ours", which), of("sslscan", which), of("nmap", which)];
      const detail = `${ours.toFixed(0)} ms : sslscan ${sslscan.toFixed(0)}, nmap ${nmap.toFixed(0)} ms`;
      const what = `\`chainmail scan\`, whole process, 104 pairs: ${which === "wallMs" ? "wall time" : "processor time"}`;
      return atMost(
        `${what} against the lesser of sslscan and nmap`,
        ours / Math.min(sslscan, nmap),
        0.35,
        "×",
        detail,
      );
    });
  } finally {
    await postfix.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function manyAtOnce(chain: Chain): Promise<readonly Figure[]> {
  const servers = await startServers(2, chain, { host: "0.0.0.0" });
  try {
    const task: ScansTask = { ports: servers.ports, count: scansAtOnce };
    const { rssMB, whole, wallMs } = await measuredInChild<ScansTask, ScansResult>("scans-at-once.ts", task, {
      // As the functions run that do it on AWS.
      nodeOptions: probeNodeOptions,
    });
    const detail = `all done in ${(wallMs / 1_000).toFixed(1)} s`;
    return [
      atMost(`${scansAtOnce} scans at once: RSS over idle`, rssMB, 150, "MB", detail),
      atMost("… scans that were cut short", scansAtOnce - whole, 0, "scans"),
    ];
  } finally {
    servers.stop();
  }
}
