/** Servers of several TLS stacks on loopback, each to be put behind a relay. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { answers, cache, freePorts, libraries, run } from "../cache.ts";

export interface TlsServer {
  readonly speaks: "smtp" | "tls";
  readonly ports: readonly number[];
  stop(): Promise<void>;
}

/** It speaks with one client at a time, and a scan has four connections open. */
const sServers = 4;

/** OpenSSL's, with these options. */
export async function startSServer(options: readonly string[]): Promise<TlsServer> {
  const ports = await freePorts(sServers);
  const started = ports.map((port) =>
    start("openssl", ["s_server", "-accept", `127.0.0.1:${port}`, "-www", ...options]),
  );
  return await listening(ports, started);
}

/** GnuTLS's, with these options. It takes no address to listen on. */
export async function startGnutls(options: readonly string[]): Promise<TlsServer> {
  const root = join(cache, "gnutls-bin");
  const ports = await freePorts(1);
  const env = { ...process.env, LD_LIBRARY_PATH: join(root, libraries) };
  const started = start(join(root, "usr/bin/gnutls-serv"), ["--http", "--port", String(ports[0]), ...options], env);
  return await listening(ports, [started]);
}

/** Go's, with all that it has; `certificates`: files with key and certificate. */
export async function startGo(certificates: readonly string[]): Promise<TlsServer> {
  const fetched = join(cache, "golang-go/usr/lib/go/bin/go");
  const program = join(cache, "go-server");
  const built = await run(existsSync(fetched) ? fetched : "go", ["build", "-o", program, here("server.go")], {
    env: { ...process.env, GOCACHE: join(cache, "go-build"), GOTOOLCHAIN: "local", CGO_ENABLED: "0" },
    timeoutMs: 180_000,
  });
  if (built.code !== 0) throw new Error(built.stderr);
  return await telling(start(program, certificates));
}

/** Java's. `everything`: with all that it has, and DH of the sizes that it had before 2014. */
export async function startJava(mode: "modern" | "everything", certificates: readonly string[]): Promise<TlsServer> {
  const fetched = join(cache, "default-jre-headless/usr/lib/jvm/default-java/bin/java");
  const options = mode === "everything" ? ["-Djdk.tls.ephemeralDHKeySize=legacy"] : [];
  const args = ["-XX:TieredStopAtLevel=1", ...options, here("Server.java"), mode, ...certificates];
  return await telling(start(existsSync(fetched) ? fetched : "java", args));
}

const here = (name: string) => join(import.meta.dirname, name);

interface Started {
  readonly child: ChildProcess;
  said: string;
}

function start(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Started {
  const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  const started: Started = { child, said: "" };
  child.on("error", (error) => (started.said += error.message));
  // Read, or it stops when the pipe is full; of what it says about its clients nothing is kept.
  child.stdout?.resume();
  child.stderr?.on("data", (chunk) => (started.said = (started.said + String(chunk)).slice(-2_000)));
  return started;
}

async function listening(ports: readonly number[], started: readonly Started[]): Promise<TlsServer> {
  const server = { speaks: "tls" as const, ports, stop: () => stopAll(started) };
  for (const [at, port] of ports.entries()) {
    if (await answers("127.0.0.1", port)) continue;
    await server.stop();
    throw new Error(`no TLS server: ${started[at]?.said}`);
  }
  return server;
}

/** The first line that it prints is its port. */
async function telling(started: Started): Promise<TlsServer> {
  const { child } = started;
  const line = child.stdout && (await createInterface(child.stdout)[Symbol.asyncIterator]().next());
  if (typeof line?.value !== "string") throw new Error(`no TLS server: ${started.said}`);
  return { speaks: "tls", ports: [Number(line.value)], stop: () => stopAll([started]) };
}

async function stopAll(started: readonly Started[]): Promise<void> {
  for (const { child } of started) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) continue;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }
}
