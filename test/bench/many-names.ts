/** One address that a thousand names share, looked at as the schedule does: how many connections it sees in a cycle. */

import type { ProbeJob } from "../../lib/model/jobs.ts";
import type { Slice, SlotMemory } from "../../lib/model/roster.ts";
import { createTlsKit } from "../../lib/protocols/tls/kit.ts";
import { loadRoots } from "../../lib/protocols/x509/roots.ts";
import { createLanes } from "../../lib/steps/lanes.ts";
import { type ProbeWorld, probe } from "../../lib/steps/probe.ts";
import { tasksOf } from "../../lib/steps/tasks.ts";
import { createDialler } from "../../lib/world/dialler.ts";
import type { Chain } from "./certificates.ts";
import { atMost, type Figure } from "./figure.ts";
import { startServers } from "./servers.ts";

const nameCount = 1_000;
const everyMs = 300_000;
/** Every name has its first look, one a cycle, and then takes turns for a while. */
const cycles = nameCount + 200;

export async function manyNamesFigures(chain: Chain): Promise<readonly Figure[]> {
  const servers = await startServers(1, chain);
  const slice = sliceOf(servers.ports[0] ?? 0, chain.name);
  const world: ProbeWorld = {
    dial: createDialler({}),
    clock: { now: Date.now, monotonic: () => performance.now() },
    tls: createTlsKit(loadRoots({ extraPem: chain.rootPem })),
    lanes: createLanes(),
    ehloName: "bench.example",
    timeoutMs: 30_000,
  };
  let memory: readonly SlotMemory[] = [];
  let accepted = 0;
  let most = 0;
  const seen = new Set<string>();
  const connections = { transport: 0, most: 0 };
  try {
    for (let cycle = 1; cycle <= cycles; cycle++) {
      const tasks = tasksOf(slice, memory, cycle, everyMs);
      const job: ProbeJob = { v: 1, cycle, slice: 0, vantage: "here", round: 0, notAfter: Date.now() + everyMs, tasks };
      for (const { answers } of await probe(job, world)) {
        for (const { kind, name, identity, ...answer } of answers) {
          if (kind !== "not-tried") seen.add(name ?? "");
          if (!identity && "fingerprint" in answer)
            memory = [{ fingerprint: answer.fingerprint, mark: "tls", hot: [], rejudgeAt: null, needs: "" }];
        }
      }
      connections.transport += tasks.filter(({ identity }) => !identity).length;
      const now = await servers.accepted();
      most = Math.max(most, now - accepted);
      accepted = now;
    }
  } finally {
    servers.stop();
  }
  const what = `connections a cycle to one address with 1,000 names, over ${cycles} cycles`;
  return [
    atMost(`${what}: for transport facts`, connections.transport / cycles, 1, "connections"),
    atMost(
      "… with identity, the most in any cycle",
      most,
      2,
      "connections",
      `${(accepted / cycles).toFixed(2)} on average`,
    ),
    atMost("… names never looked at", nameCount - seen.size, 0, "names"),
  ];
}

function sliceOf(port: number, name: string): Slice {
  const others = Array.from({ length: nameCount - 1 }, (_, index) => `mx${index}.bench.example`);
  return {
    number: 0,
    vantage: "here",
    entries: [
      {
        target: { address: "127.0.0.1", port, tls: "starttls" },
        names: [name, ...others].map((each) => ({ name: each, since: 0 })),
        vantage: "here",
        outside: true,
        allowPrivate: true,
        needs: [],
        beside: [],
        since: 0,
      },
    ],
  };
}
