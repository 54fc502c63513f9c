/** The peer: Prometheus' blackbox_exporter, resident, with the system's roots (to which ours is added), as it would stand in production. */

import { type ChildProcess, spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { Agent, get } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Chain } from "./certificates.ts";

export const blackboxBinary = "/usr/bin/prometheus-blackbox-exporter";
const systemRoots = "/etc/ssl/certs/ca-certificates.crt";

export interface Blackbox {
  /** One probe; rejects unless it succeeded. */
  probe(port: number): Promise<void>;
  /** Processor time used so far, ms. */
  cpuMs(): Promise<number>;
  stop(): void;
}

/** The dialogue that our light probe has: the exporter's documentation has the same with AUTH in place of 8BITMIME. */
const configuration = (name: string): string => `
modules:
  smtp_starttls:
    prober: tcp
    timeout: 30s
    tcp:
      query_response:
        - expect: "^220 ([^ ]+) ESMTP (.+)$"
        - send: "EHLO prober\\r"
        - expect: "^250-STARTTLS"
        - expect: "^250 "
        - send: "STARTTLS\\r"
        - expect: "^220"
        - starttls: true
        - send: "EHLO prober\\r"
        - expect: "^250 "
        - send: "QUIT\\r"
        - expect: "^221"
      tls_config:
        server_name: ${name}
`;

/** Undefined where it isn't installed. */
export async function startBlackbox(folder: string, { name, rootPem }: Chain): Promise<Blackbox | undefined> {
  const roots = await readFile(systemRoots, "utf8").catch(() => undefined);
  if (roots === undefined || !(await isThere(blackboxBinary))) return undefined;
  const [config, trust] = [join(folder, "blackbox.yml"), join(folder, "roots.pem")];
  await writeFile(config, configuration(name));
  await writeFile(trust, roots + rootPem);
  const port = await freePort();
  const args = [`--config.file=${config}`, `--web.listen-address=127.0.0.1:${port}`, "--log.level=error"];
  // Go reads the system's roots from here, once.
  const env = { PATH: process.env.PATH ?? "", SSL_CERT_FILE: trust, SSL_CERT_DIR: folder };
  const child = spawn(blackboxBinary, args, { env, stdio: "ignore" });
  const agent = new Agent({ keepAlive: true, maxSockets: 128 });
  const ask = (path: string) => fetchText(`http://127.0.0.1:${port}${path}`, agent);
  await ready(() => ask("/-/healthy"), child);
  return {
    async probe(target) {
      const metrics = await ask(`/probe?module=smtp_starttls&target=127.0.0.1:${target}`);
      if (!/^probe_success 1$/m.test(metrics)) throw new Error(`blackbox_exporter's probe failed:\n${metrics}`);
    },
    async cpuMs() {
      return processorMs(await readFile(`/proc/${child.pid}/stat`, "utf8"));
    },
    stop() {
      agent.destroy();
      child.kill();
    },
  };
}

/** utime and stime of proc(5), in ticks of 10 ms. */
function processorMs(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function fetchText(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => resolve(text)).on("error", reject);
    }).on("error", reject);
  });
}

async function ready(ask: () => Promise<string>, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (child.exitCode !== null) throw new Error("blackbox_exporter ended at once");
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined) return;
    await sleep(50);
  }
  throw new Error("blackbox_exporter didn't begin to listen");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function isThere(file: string): Promise<boolean> {
  return (await readFile(file).catch(() => undefined)) !== undefined;
}
