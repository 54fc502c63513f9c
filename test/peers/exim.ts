/** One Exim on loopback with STARTTLS (by GnuTLS, in Debian's build). */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { eximEnv, eximRoot, freePorts, greets, makeFolder, owner, run, writeFiles } from "./cache.ts";

export interface Exim {
  readonly port: number;
  stop(): Promise<void>;
}

/** `certificate` and `key` in PEM. */
export async function startExim({ certificate, key }: { certificate: string; key: string }): Promise<Exim> {
  const folder = await makeFolder("exim");
  const [port = 0] = await freePorts(1);
  await writeFiles(folder, {
    "cert.pem": certificate,
    "key.pem": key,
    "exim.conf": [
      "primary_hostname = exim.peers.example",
      `spool_directory = ${folder}/spool`,
      `log_file_path = ${folder}/%slog`,
      `pid_file_path = ${folder}/pid`,
      `local_interfaces = <; 127.0.0.1.${port}`,
      "daemon_smtp_ports =",
      // Scanners come with many connections at once, and Exim counts each until its process was buried.
      "smtp_accept_max = 0",
      "tls_advertise_hosts = *",
      `tls_certificate = ${folder}/cert.pem`,
      `tls_privatekey = ${folder}/key.pem`,
      "host_lookup =",
      "rfc1413_query_timeout = 0s",
      "keep_environment =",
      "add_environment =",
      "acl_smtp_rcpt = refuse",
      "begin acl",
      "refuse:",
      "  deny",
      "",
    ].join("\n"),
  });
  await run("mkdir", [join(folder, "spool")]);
  await run("chown", ["-R", owner, folder]);
  await run("chown", ["root:root", join(folder, "exim.conf")]);
  const daemon = spawn(join(eximRoot, "usr/sbin/exim4"), ["-C", join(folder, "exim.conf"), "-bdf"], {
    env: await eximEnv(folder),
    stdio: "ignore",
  });
  await once(daemon, "spawn");
  const stop = async () => {
    if (daemon.exitCode === null && daemon.signalCode === null) {
      const ended = once(daemon, "exit");
      daemon.kill("SIGTERM");
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
  if (await greets("127.0.0.1", port)) return { port, stop };
  const told = await readFile(join(folder, "mainlog"), "utf8").catch(() => "no log");
  await stop();
  throw new Error(`Exim says nothing:\n${told}`);
}
