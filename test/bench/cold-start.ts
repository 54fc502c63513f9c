/** `chainmail probe` as a person runs it: a whole process for one look. */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Chain } from "./certificates.ts";
import { processMs } from "./child.ts";
import { atMost, type Figure, median } from "./figure.ts";
import { createProber } from "./prober.ts";
import { startServers } from "./servers.ts";

const command = join(import.meta.dirname, "../../bin/chainmail.js");
const rounds = 15;

export async function coldStartFigures(folder: string, chain: Chain): Promise<readonly Figure[]> {
  const servers = await startServers(1, chain);
  const [port = 0] = servers.ports;
  const trusted = join(folder, "root.pem");
  await writeFile(trusted, chain.rootPem);
  const args = ["probe", `127.0.0.1:${port}`, "--allow-private", "--ca", trusted, "--server-name", chain.name];
  const probe = createProber(chain);
  try {
    const whole: number[] = [];
    const empty: number[] = [];
    const alone: number[] = [];
    // The first run fills Node's compile cache, and the first probe this process's own code.
    await processMs([command, ...args]);
    await probe(port);
    for (let round = 0; round < rounds; round++) {
      whole.push(await processMs([command, ...args]));
      empty.push(await processMs(["-e", ""]));
      const began = performance.now();
      await probe(port);
      alone.push(performance.now() - began);
    }
    const [ours, start, look] = [median(whole), median(empty), median(alone)];
    const detail = `${ours.toFixed(0)} ms : ${start.toFixed(0)} + ${look.toFixed(1)} ms`;
    return [
      atMost(
        "`chainmail probe`, whole process, against an empty Node start plus the probe",
        ours / (start + look),
        2,
        "×",
        detail,
      ),
    ];
  } finally {
    servers.stop();
  }
}
