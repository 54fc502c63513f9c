/** A light probe's processor time and wall time, beside blackbox_exporter's in the same minutes. */

import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { blackboxBinary, startBlackbox } from "./blackbox.ts";
import type { Chain } from "./certificates.ts";
import { atMost, type Figure, median, notMeasured } from "./figure.ts";
import type { LightCost, LightRun, LightSettings } from "./light.ts";
import { makeProbes } from "./prober.ts";
import { startServers } from "./servers.ts";

const cpuBound = 0.65;
const wallBound = 0.8;
const warmUp: LightRun = { count: 600, inFlight: 20 };
const inFlights = [10, 32, 100];
const atOnceRun = (inFlight: number): LightRun => ({ count: 1_000, inFlight });
const aloneRun: LightRun = { count: 300, inFlight: 1 };
const rounds = 3;

interface Contestant {
  run(run: LightRun): Promise<LightCost>;
  stop(): void;
}

export async function lightProbeFigures(folder: string, chain: Chain): Promise<readonly Figure[]> {
  const servers = await startServers(2, chain);
  const ours = startOurs({ name: chain.name, rootPem: chain.rootPem, ports: servers.ports });
  const peer = await startPeer(folder, chain, servers.ports);
  try {
    if (peer === undefined) {
      const why = `${blackboxBinary} is missing: apt-get install prometheus-blackbox-exporter`;
      const alone = await ours.run(warmUp).then(() => ours.run(atOnceRun(32)));
      const own = `ours alone: ${(alone.cpuMs / 1_000).toFixed(2)} ms; ${why}`;
      return [notMeasured("CPU per light probe", own), notMeasured("wall time of one probe", why)];
    }
    await ours.run(warmUp);
    await peer.run(warmUp);
    const figures: Figure[] = [];
    for (const inFlight of inFlights) {
      const [own, theirs] = await compare(ours, peer, atOnceRun(inFlight), ({ cpuMs }) => cpuMs);
      figures.push(
        ratio(`CPU per light probe, ${inFlight} in flight, against blackbox_exporter`, own, theirs, cpuBound),
      );
    }
    const [own, theirs] = await compare(ours, peer, aloneRun, ({ wallMs }) => wallMs);
    return [...figures, ratio("wall time of one probe in a running process, same peer", own, theirs, wallBound)];
  } finally {
    peer?.stop();
    ours.stop();
    servers.stop();
  }
}

/** Taken in turns, so that what else the machine does meets both; per probe, the median of the rounds. */
async function compare(
  ours: Contestant,
  peer: Contestant,
  run: LightRun,
  cost: (cost: LightCost) => number,
): Promise<readonly [number, number]> {
  const own: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    own.push(cost(await ours.run(run)) / run.count);
    theirs.push(cost(await peer.run(run)) / run.count);
  }
  return [median(own), median(theirs)];
}

function ratio(what: string, own: number, theirs: number, bound: number): Figure {
  return atMost(what, own / theirs, bound, "×", `${own.toFixed(2)} ms : ${theirs.toFixed(2)} ms`);
}

function startOurs(settings: LightSettings): Contestant {
  const child = fork(join(import.meta.dirname, "light.ts"), [JSON.stringify(settings)], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const ended = new AbortController();
  child.once("exit", (code) => ended.abort(new Error(`the probing process ended with ${code}`)));
  return {
    async run(run) {
      child.send(run);
      const [cost] = (await once(child, "message", { signal: ended.signal })) as [LightCost];
      return cost;
    },
    stop: () => child.disconnect(),
  };
}

async function startPeer(folder: string, chain: Chain, ports: readonly number[]): Promise<Contestant | undefined> {
  const blackbox = await startBlackbox(folder, chain);
  if (blackbox === undefined) return undefined;
  return {
    async run({ count, inFlight }) {
      const cpu = await blackbox.cpuMs();
      const began = performance.now();
      await makeProbes(blackbox.probe, ports, count, inFlight);
      return { wallMs: performance.now() - began, cpuMs: (await blackbox.cpuMs()) - cpu };
    },
    stop: () => blackbox.stop(),
  };
}
