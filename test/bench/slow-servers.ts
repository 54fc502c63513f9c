/** Two thousand probes in flight, each waiting most of the time. */

import type { Chain } from "./certificates.ts";
import { measuredInChild } from "./child.ts";
import { atMost, type Figure } from "./figure.ts";
import type { InFlightResult, InFlightTask } from "./in-flight.ts";
import { startServers } from "./servers.ts";

const count = 2_000;
const replyDelayMs = 200;

export async function slowServerFigures(chain: Chain): Promise<readonly Figure[]> {
  const servers = await startServers(2, chain, { replyDelayMs });
  try {
    const task: InFlightTask = { name: chain.name, rootPem: chain.rootPem, ports: servers.ports, count };
    const { ended, rssKB, descriptorsLeft, wallMs } = await measuredInChild<InFlightTask, InFlightResult>(
      "in-flight.ts",
      task,
    );
    return [
      atMost(
        "2,000 probes in flight, 200 ms per reply: RSS each",
        rssKB,
        100,
        "kB",
        `all done in ${(wallMs / 1000).toFixed(1)} s`,
      ),
      atMost("… probes lost", count - ended, 0, "probes"),
      atMost("… descriptors still open afterwards", descriptorsLeft, 0, "descriptors"),
    ];
  } finally {
    servers.stop();
  }
}
