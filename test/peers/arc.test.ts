/** The arc for real: a Postfix whose STARTTLS is switched off and on again, under `chainmail up`. */

import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, it } from "vitest";
import { issue, makeCa } from "../fakes/certificates.ts";
import { type DnsServer, startDns } from "../fakes/dns-server.ts";
import { makeFolder } from "./cache.ts";
import { type Postfix, startPostfix } from "./postfix.ts";
import { alertsIn, startUp, type Up, until } from "./up.ts";

const host = "mx.peers.example";
const every = 10_000;
/** The issue's promise: one alert within 90 s and one interval. */
const told = 90_000 + every;
/** After that many cycles a finding is no longer one of the first look, which the operator gets in one message. */
const firstLook = 4 * every;
const on = { smtpd_tls_security_level: "may" };
const off = { smtpd_tls_security_level: "none" };

describe("one alert, one resolution, nothing else", { timeout: 360_000, concurrent: true }, () => {
  let folder: string;
  let dns: DnsServer;
  let identity: string;

  beforeAll(async () => {
    folder = await makeFolder("arc");
    const ca = await makeCa({ name: "Arc's root" });
    const { keyPem, chainPem } = await issue(ca, { names: [host] });
    identity = join(folder, "identity.pem");
    await writeFile(identity, keyPem + chainPem);
    await writeFile(join(folder, "ca.pem"), ca.certPem);
    dns = await startDns({ [host]: { A: ["127.0.0.1"] } });
  });
  afterAll(async () => {
    await dns?.close();
    await rm(folder, { recursive: true, force: true });
  });

  interface Scene {
    readonly postfix: Postfix;
    readonly kinds: () => Promise<readonly string[]>;
    readonly start: () => Promise<Up>;
  }

  /** A Postfix and the `up` that watches it, until the play is over. */
  async function play(act: (scene: Scene) => Promise<void>): Promise<void> {
    const stage = await makeFolder("up");
    const postfix = await startPostfix({ mx: {} }, { ...on, smtpd_tls_chain_files: identity });
    const ups: Up[] = [];
    const customers = [
      "policy: { cleanFor: 5s }", // shortened for the test; the confirmation isn't
      "customers:",
      "  - id: acme",
      `    downstream: [{ host: ${host}, port: ${postfix.port("mx")} }]`,
      "    allowPrivate: true",
    ].join("\n");
    const caFile = join(folder, "ca.pem");
    try {
      await act({
        postfix,
        kinds: async () => (await alertsIn(stage)).map(({ kind }) => kind),
        async start() {
          const up = await startUp({
            folder: stage,
            customers,
            resolver: dns.address,
            caFile,
            every: `${every / 1_000}s`,
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
      await rm(stage, { recursive: true, force: true });
    }
  }

  const is = (seen: readonly string[], ...wanted: readonly string[]) => seen.join() === wanted.join();

  async function staysAt(kinds: Scene["kinds"], ...wanted: readonly string[]): Promise<void> {
    await pause(3 * every);
    const seen = await kinds();
    if (!is(seen, ...wanted)) throw new Error(`alerts are ${seen.join()} instead of ${wanted.join()}`);
  }

  it("when STARTTLS is switched off and on", () =>
    play(async ({ postfix, kinds, start }) => {
      const up = await start();
      await until("the first look", 2 * every, () => up.printed.includes(host));
      await pause(firstLook);
      await postfix.postconf(off);
      await until("opened", told, async () => is(await kinds(), "opened"));
      await postfix.postconf(on);
      await until("recovered", told, async () => is(await kinds(), "opened", "recovered"));
      await staysAt(kinds, "opened", "recovered");
    }));

  it("with kill -9 between the first bad probe and the second", () =>
    play(async ({ postfix, kinds, start }) => {
      const first = await start();
      await until("the first look", 2 * every, () => first.printed.includes(host));
      await pause(firstLook);
      await postfix.postconf(off);
      await until("suspected", 2 * every, () => first.printed.includes("suspected"));
      await first.kill("SIGKILL");
      await start();
      await until("opened", told, async () => is(await kinds(), "opened"));
      await postfix.postconf(on);
      await until("recovered", told, async () => is(await kinds(), "opened", "recovered"));
      await staysAt(kinds, "opened", "recovered");
    }));

  it("silence heals nothing: recovered only when it answers with TLS", () =>
    play(async ({ postfix, kinds, start }) => {
      const up = await start();
      await until("the first look", 2 * every, () => up.printed.includes(host));
      await pause(firstLook);
      await postfix.postconf(off);
      await until("opened", told, async () => is(await kinds(), "opened"));
      postfix.freeze();
      await staysAt(kinds, "opened");
      postfix.thaw();
      await staysAt(kinds, "opened");
      await postfix.postconf(on);
      await until("recovered", told, async () => is(await kinds(), "opened", "recovered"));
    }));
});
