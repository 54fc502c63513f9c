/** One Postfix on loopback with any number of SMTP servers in it, each with settings of its own. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import {
  freePorts,
  greets,
  makeFolder,
  owner,
  postfixEnv,
  postfixRoot,
  run,
  setgidGroup,
  writeFiles,
} from "./cache.ts";

export interface Server {
  /** Of loopback, `127.0.0.1` unless given. */
  readonly address?: string;
  /** Settings of this server alone, by their names in main.cf. */
  readonly settings?: Readonly<Record<string, string>>;
  /** postscreen stands in front and hands on to the first server without it. */
  readonly postscreen?: boolean;
}

export interface Postfix {
  /** The main.cf's folder. */
  readonly folder: string;
  port(name: string): number;
  /** Changes main.cf like `postconf -e` and reloads. */
  postconf(settings: Readonly<Record<string, string>>): Promise<void>;
  /** Goes silent: connections are accepted by the kernel, and nobody says a word. */
  freeze(): void;
  thaw(): void;
  log(): Promise<string>;
  stop(): Promise<void>;
}

const queueFolders = [
  "active",
  "bounce",
  "corrupt",
  "defer",
  "deferred",
  "flush",
  "hold",
  "incoming",
  "private",
  "saved",
  "trace",
];

export async function startPostfix(
  servers: Readonly<Record<string, Server>>,
  settings: Readonly<Record<string, string>> = {},
): Promise<Postfix> {
  const folder = await makeFolder("postfix");
  const names = Object.keys(servers);
  const ports = await freePorts(names.length);
  const portOf = (name: string) => ports[names.indexOf(name)] ?? 0;
  const queue = join(folder, "queue");
  const log = join(folder, "log");

  await run("mkdir", [
    "-p",
    ...queueFolders.map((name) => join(queue, name)),
    join(queue, "pid"),
    join(queue, "public"),
    join(queue, "maildrop"),
    join(folder, "data"),
  ]);
  await run("chown", [owner, ...queueFolders.map((name) => join(queue, name)), join(folder, "data")]);
  await run("chown", [`${owner}:${setgidGroup}`, join(queue, "public"), join(queue, "maildrop")]);
  const main: Readonly<Record<string, string>> = {
    compatibility_level: "3.6",
    myhostname: "mx.peers.example",
    mydestination: "peers.example",
    inet_interfaces: "loopback-only",
    inet_protocols: "ipv4",
    queue_directory: queue,
    data_directory: join(folder, "data"),
    command_directory: join(postfixRoot, "usr/sbin"),
    daemon_directory: join(postfixRoot, "usr/lib/postfix/sbin"),
    shlib_directory: join(postfixRoot, "usr/lib/postfix"),
    import_environment: "MAIL_CONFIG LD_LIBRARY_PATH",
    mail_owner: owner,
    setgid_group: setgidGroup,
    maillog_file_prefixes: folder,
    maillog_file: log,
    alias_maps: "",
    local_recipient_maps: "",
    smtpd_tls_security_level: "may",
    // Probes come in quick succession, from one address.
    smtpd_client_connection_rate_limit: "0",
    smtpd_peername_lookup: "no",
    tls_random_source: "dev:/dev/urandom",
    ...settings,
  };
  await writeFiles(folder, { "main.cf": lines(main), "master.cf": masterCf(servers, portOf) });

  const master = await startMaster(folder);
  /** To the master and all that it started. */
  const signal = (name: "SIGSTOP" | "SIGCONT") => {
    if (master.pid !== undefined) process.kill(-master.pid, name);
  };
  const stop = async () => {
    if (master.exitCode === null && master.signalCode === null) {
      const ended = once(master, "exit");
      signal("SIGCONT");
      master.kill("SIGTERM");
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
  for (const [name, { address = "127.0.0.1" }] of Object.entries(servers)) {
    if (!(await greets(address, portOf(name)))) {
      const told = await readFile(log, "utf8").catch(() => "no log");
      await stop();
      throw new Error(`Postfix says nothing as ${name}:\n${told}`);
    }
  }
  return {
    folder,
    port: portOf,
    async postconf(changed) {
      const pairs = Object.entries(changed).map(([name, value]) => `${name} = ${value}`);
      const { code, stderr } = await run(join(postfixRoot, "usr/sbin/postconf"), ["-c", folder, "-e", ...pairs], {
        env: postfixEnv,
      });
      if (code !== 0) throw new Error(`postconf: ${stderr}`);
      master.kill("SIGHUP");
      // The processes that serve now go on with the old settings until they're told; that takes the master a moment.
      await pause(500);
    },
    freeze: () => signal("SIGSTOP"),
    thaw: () => signal("SIGCONT"),
    log: () => readFile(log, "utf8"),
    stop,
  };
}

function lines(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join("");
}

function masterCf(servers: Readonly<Record<string, Server>>, portOf: (name: string) => number): string {
  const smtp = Object.entries(servers).map(([name, { address = "127.0.0.1", settings = {}, postscreen = false }]) => {
    const head = `${address}:${portOf(name)} inet n - n - ${postscreen ? "1 postscreen" : "- smtpd"}`;
    // `{…}` keeps blanks inside one argument.
    return [head, ...Object.entries(settings).map(([key, value]) => `  -o {${key} = ${value}}`)].join("\n");
  });
  return [
    ...smtp,
    "smtpd pass - - n - - smtpd",
    "dnsblog unix - - n - 0 dnsblog",
    "tlsproxy unix - - n - 0 tlsproxy",
    "postlog unix-dgram n - n - 1 postlogd",
    "cleanup unix n - n - 0 cleanup",
    "qmgr unix n - n 300 1 qmgr",
    "rewrite unix - - n - - trivial-rewrite",
    "tlsmgr unix - - n 1000? 1 tlsmgr",
    "anvil unix - - n - 1 anvil",
    "proxymap unix - - n - - proxymap",
    "error unix - - n - - error",
    "retry unix - - n - - error",
    "discard unix - - n - - discard",
    "local unix - n n - - local",
    "",
  ].join("\n");
}

async function startMaster(folder: string): Promise<ChildProcess> {
  const program = join(postfixRoot, "usr/lib/postfix/sbin/master");
  const master = spawn(program, ["-c", folder, "-s"], {
    env: { ...postfixEnv, MAIL_CONFIG: folder },
    stdio: "ignore",
    detached: true,
  });
  await once(master, "spawn");
  return master;
}
