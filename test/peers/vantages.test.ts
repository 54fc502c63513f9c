/** Three places to look from, on three addresses of loopback, and real Postfix behind paths that treat them differently: each story ends in exactly the messages it should. */

import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, it } from "vitest";
import { issue, makeCa } from "../fakes/certificates.ts";
import { type DnsServer, startDns } from "../fakes/dns-server.ts";
import { freePorts, makeFolder } from "./cache.ts";
import { type Path, startPath, type Weather } from "./path.ts";
import { type Postfix, startPostfix } from "./postfix.ts";
import { alertsIn, startUp, type Up, until } from "./up.ts";

const every = 10_000;
const told = 90_000 + 2 * every;
const firstLook = 4 * every;
/** Beside `here`, which comes from 127.0.0.1. */
const [east, west] = ["127.0.0.2", "127.0.0.3"] as const;
const numbers = [1, 2, 3, 4, 5, 6] as const;
/** Of a provider each: what is lost at one alone is no blindness. */
const hostOf = (number: number) => `mx.peers${number}.example`;

describe("three vantages", { timeout: 600_000, concurrent: true }, () => {
  let folder: string;
  let postfix: Postfix;

  beforeAll(async () => {
    folder = await makeFolder("vantages");
    const ca = await makeCa({ name: "The vantages' root" });
    const { keyPem, chainPem } = await issue(ca, { names: numbers.map(hostOf) });
    await writeFile(join(folder, "identity.pem"), keyPem + chainPem);
    await writeFile(join(folder, "ca.pem"), ca.certPem);
    postfix = await startPostfix(
      { mx: {} },
      { smtpd_tls_security_level: "may", smtpd_tls_chain_files: join(folder, "identity.pem") },
    );
  });
  afterAll(async () => {
    await postfix?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  interface Scene {
    readonly dns: DnsServer;
    readonly paths: readonly Path[];
    /** `opened cleartext 127.0.1.1:2525`, oldest first; those of the first looks apart. */
    readonly messages: () => Promise<readonly string[]>;
    readonly up: () => Up;
  }

  let scenes = 0;

  /** Six customers behind six paths, watched from three places, until the play is over. */
  async function play(act: (scene: Scene) => Promise<void>): Promise<void> {
    // Each play has networks of its own.
    const scene = ++scenes;
    const addressOf = (number: number) => `127.${scene}.${number}.1`;
    const stage = await makeFolder("up");
    const [port = 0] = await freePorts(1);
    const dns = await startDns(
      Object.fromEntries(numbers.map((number) => [hostOf(number), { A: [addressOf(number)], ttl: 60 }])),
      { minimum: 60 },
    );
    const paths: Path[] = [];
    let up: Up | undefined;
    try {
      for (const number of numbers) paths.push(await startPath(addressOf(number), port, postfix.port("mx")));
      up = await startUp({
        folder: stage,
        customers: [
          "policy: { cleanFor: 5s, silentFor: 60s }", // shortened for the test; the confirmation isn't
          `vantages: [{ id: east, sourceAddress: ${east}, sees: internet }, { id: west, sourceAddress: ${west}, sees: internet }]`,
          "customers:",
          ...numbers.map(
            (number) =>
              `  - { id: acme${number}, downstream: [{ host: ${hostOf(number)}, port: ${port} }], allowPrivate: true }`,
          ),
        ].join("\n"),
        resolver: dns.address,
        caFile: join(folder, "ca.pem"),
        every: `${every / 1_000}s`,
      });
      const running = up;
      await pause(firstLook);
      await act({
        dns,
        paths,
        up: () => running,
        messages: async () =>
          (await alertsIn(stage)).map(({ kind, class: cls, subject }) => {
            return `${kind} ${cls} ${subject.replace(`127.${scene}.`, "").replace(`.1:${port}`, "")}`;
          }),
      });
    } catch (error) {
      const alerts = await alertsIn(stage);
      throw new Error(`${up?.printed}\n${JSON.stringify(alerts.map(({ text }) => text))}`, { cause: error });
    } finally {
      await up?.kill("SIGKILL");
      for (const path of paths) await path.close();
      await dns.close();
      await rm(stage, { recursive: true, force: true });
    }
  }

  const is = async (scene: Scene, ...wanted: readonly string[]) => (await scene.messages()).join() === wanted.join();

  async function becomes(scene: Scene, ...wanted: readonly string[]): Promise<void> {
    await until(wanted.join(), told, () => is(scene, ...wanted)).catch(async (error: unknown) => {
      throw new Error(`messages are: ${(await scene.messages()).join()}`, { cause: error });
    });
  }

  async function staysAt(scene: Scene, ...wanted: readonly string[]): Promise<void> {
    await pause(4 * every);
    if (!(await is(scene, ...wanted))) throw new Error(`messages are: ${(await scene.messages()).join()}`);
  }

  const set = (paths: readonly (Path | undefined)[], address: string, weather: Weather) => {
    for (const path of paths) path?.weather.set(address, weather);
  };

  it("one path strips STARTTLS for one customer: one alarm that it is so from some places", () =>
    play(async (scene) => {
      set([scene.paths[0]], west, "strips");
      await becomes(scene, "opened partial 1");
      const [line] = scene.up().printed.match(/\[CM-[^\n]+/) ?? [];
      if (!line?.includes("from some places")) throw new Error(`it was told as: ${line}`);
      await staysAt(scene, "opened partial 1");
      set([scene.paths[0]], west, "clear");
      await becomes(scene, "opened partial 1", "recovered partial 1");
    }));

  it.each<[string, Weather]>([
    ["strips STARTTLS for everyone", "strips"],
    ["is dark", "dark"],
  ])("one path %s: nobody hears of it but the operator, once, and once when it is over", (_name, weather) =>
    play(async (scene) => {
      set(scene.paths, west, weather);
      await becomes(scene, "opened blind west");
      await staysAt(scene, "opened blind west");
      set(scene.paths, west, "clear");
      await becomes(scene, "opened blind west", "recovered blind west");
      await staysAt(scene, "opened blind west", "recovered blind west");
    }),
  );

  it("lost from everywhere, silent while lost, then gone from DNS: opened, and gone", () =>
    play(async (scene) => {
      for (const address of ["127.0.0.1", east, west]) set([scene.paths[1]], address, "strips");
      await becomes(scene, "opened cleartext 2");
      for (const address of ["127.0.0.1", east, west]) set([scene.paths[1]], address, "dark");
      // Longer than what opens `unreachable`: not beside the loss.
      await pause(80_000);
      await staysAt(scene, "opened cleartext 2");
      scene.dns.set(hostOf(2), null);
      await until("gone", 300_000, async () => is(scene, "opened cleartext 2", "gone cleartext 2"));
    }));
});
