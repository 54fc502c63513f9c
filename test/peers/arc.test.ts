/** The arc for real: a Postfix whose STARTTLS is switched off and on again, under `chainmail up`. */

import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, it } from "vitest";
import type { IncidentJson } from "../../lib/status/json/incident-schemas.ts";
import { issue, makeCa } from "../fakes/certificates.ts";
import { type DnsServer, startDns } from "../fakes/dns-server.ts";
import { makeFolder } from "./cache.ts";
import { type Postfix, startPostfix } from "./postfix.ts";
import { alertsIn, type IncidentsJson, startUp, type Up, until } from "./up.ts";

const host = "mx.peers.example";
const every = 10_000;
/** The issue's promise: one alert within 90 s and one interval. */
const told = 90_000 + every;
/** After that many cycles a finding is no longer one of the first look, which the operator gets in one message. */
const firstLook = 4 * every;
const on = { smtpd_tls_security_level: "may" };
const off = { smtpd_tls_security_level: "none" };

describe("one alert, one resolution, nothing else", { timeout: 600_000, concurrent: true }, () => {
  let folder: string;
  let identity: string;

  beforeAll(async () => {
    folder = await makeFolder("arc");
    const ca = await makeCa({ name: "Arc's root" });
    const { keyPem, chainPem } = await issue(ca, { names: [host] });
    identity = join(folder, "identity.pem");
    await writeFile(identity, keyPem + chainPem);
    await writeFile(join(folder, "ca.pem"), ca.certPem);
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  interface Scene {
    readonly postfix: Postfix;
    readonly dns: DnsServer;
    readonly kinds: () => Promise<readonly string[]>;
    readonly ids: () => Promise<readonly string[]>;
    readonly start: () => Promise<Up>;
  }

  /** A Postfix and the `up` that watches it, until the play is over; its clock goes `rate` times as fast as ours. */
  async function play(act: (scene: Scene) => Promise<void>, rate = 1): Promise<void> {
    const stage = await makeFolder("up");
    const postfix = await startPostfix({ mx: {} }, { ...on, smtpd_tls_chain_files: identity });
    const dns = await startDns({ [host]: { A: ["127.0.0.1"], ttl: 300 } });
    const ups: Up[] = [];
    const clock = { rate, from: Date.now() };
    const customers = [
      ...(rate === 1 ? ["policy: { cleanFor: 5s }"] : []), // shortened for the test; the confirmation isn't
      "customers:",
      "  - id: acme",
      `    downstream: [{ host: ${host}, port: ${postfix.port("mx")} }]`,
      "    allowPrivate: true",
    ].join("\n");
    const caFile = join(folder, "ca.pem");
    try {
      await act({
        postfix,
        dns,
        kinds: async () => (await alertsIn(stage)).map(({ kind }) => kind),
        ids: async () => (await alertsIn(stage)).map(({ id }) => id),
        async start() {
          const up = await startUp({
            folder: stage,
            customers,
            resolver: dns.address,
            caFile,
            every: `${(every * rate) / 1_000}s`,
            ...(rate !== 1 && { clock }),
          });
          ups.push(up);
          return up;
        },
      });
    } catch (error) {
      throw new Error(ups.map(({ printed }) => printed).join("\n--- next process ---\n"), { cause: error });
    } finally {
      await Promise.all(ups.map((up) => up.kill("SIGKILL")));
      await postfix.stop();
      await dns.close();
      await rm(stage, { recursive: true, force: true });
    }
  }

  async function firstLooks(up: Up): Promise<void> {
    await until("the first look", 12 * every, () => up.printed.includes(host));
    await pause(firstLook);
  }

  const is = (seen: readonly string[], ...wanted: readonly string[]) => seen.join() === wanted.join();

  async function staysAt(kinds: Scene["kinds"], ...wanted: readonly string[]): Promise<void> {
    await pause(3 * every);
    const seen = await kinds();
    if (!is(seen, ...wanted)) throw new Error(`alerts are ${seen.join()} instead of ${wanted.join()}`);
  }

  it("when STARTTLS is switched off and on", () =>
    play(async ({ postfix, kinds, start }) => {
      await firstLooks(await start());
      await postfix.postconf(off);
      await until("opened", told, async () => is(await kinds(), "opened"));
      await postfix.postconf(on);
      await until("recovered", told, async () => is(await kinds(), "opened", "recovered"));
      await staysAt(kinds, "opened", "recovered");
    }));

  it("with kill -9 in each state", () =>
    play(async ({ postfix, kinds, ids, start }) => {
      let up = await start();
      await firstLooks(up);

      async function killedWhen(state: string, holds: (seen: IncidentsJson) => boolean): Promise<void> {
        await until(state, told, async () => {
          const seen = await up.incidents();
          return seen !== null && holds(seen);
        });
        await up.kill("SIGKILL");
        up = await start();
      }
      const isTold = ({ messages }: IncidentJson) => messages.some(({ to }) => (to?.length ?? 0) > 0);

      await postfix.postconf(off);
      await killedWhen("suspected", ({ suspected }) => suspected.length === 1);
      await killedWhen("confirmed", ({ incidents: [one] }) => one?.state === "open" && !isTold(one));
      await killedWhen("told", ({ incidents: [one] }) => one !== undefined && isTold(one));
      await postfix.postconf(on);
      await killedWhen("recovering", ({ incidents: [one] }) => one?.state === "recovering");
      await killedWhen("ended", ({ incidents: [one] }) => one?.state === "ended");
      await until("recovered", told, async () => (await kinds()).includes("recovered"));
      await pause(3 * every);
      // At most one repeat per crash: none of these hit the telling itself.
      if (new Set(await ids()).size !== 2) throw new Error(`alerts are ${(await ids()).join()}`);
      if (!is(await kinds(), "opened", "recovered")) throw new Error(`alerts are ${(await kinds()).join()}`);
    }));

  /** Until it is lost and told, then silent for longer than what opens `unreachable`: half an hour, and six cycles. */
  async function silentWhileLost({ postfix, kinds, start }: Scene): Promise<void> {
    await firstLooks(await start());
    await postfix.postconf(off);
    await until("opened", told, async () => is(await kinds(), "opened"));
    postfix.freeze();
    await pause(35 * minute);
    if (!is(await kinds(), "opened")) throw new Error(`alerts are ${(await kinds()).join()}`);
  }
  /** Of a clock that goes as fast as this, in ms of ours. */
  const rate = 20;
  const minute = 60_000 / rate;

  it("silent while lost for half an hour of its clock, then still without: nothing; then well: recovered", () =>
    play(async (scene) => {
      await silentWhileLost(scene);
      scene.postfix.thaw();
      await staysAt(scene.kinds, "opened");
      await scene.postfix.postconf(on);
      await until("recovered", 30 * minute, async () => is(await scene.kinds(), "opened", "recovered"));
    }, rate));

  it("silent while lost for half an hour of its clock, then out of DNS: gone, which isn't recovered", () =>
    play(async (scene) => {
      await silentWhileLost(scene);
      scene.dns.set(host, null);
      await until("gone", 60 * minute, async () => is(await scene.kinds(), "opened", "gone"));
    }, rate));
});
