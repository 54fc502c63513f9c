/** Where `test/peers/run.sh` unpacked the servers, and how their programs are run from there. */

import { execFile } from "node:child_process";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

export const cache = process.env.CHAINMAIL_PEERS ?? "";
/** Where Debian keeps them, below a root. */
export const libraries = `usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;
export const postfixRoot = join(cache, "postfix");
export const eximRoot = join(cache, "exim4-daemon-light");

/** Accounts that Debian always has: Postfix wants two of its own, which aren't anybody else's. */
export const owner = "uucp";
export const setgidGroup = "news";

export const postfixEnv = { ...process.env, LD_LIBRARY_PATH: join(postfixRoot, "usr/lib/postfix") };

/** Debian's Exim wants the account `Debian-exim`: the files in `folder` show it one, with the rights of {@link owner}. */
export async function eximEnv(folder: string): Promise<NodeJS.ProcessEnv> {
  const { uid, gid } = await accountOf(owner);
  await writeFiles(folder, {
    passwd: `${await readFile("/etc/passwd", "utf8")}\nDebian-exim:x:${uid}:${gid}::/:/usr/sbin/nologin\n`,
    group: `${await readFile("/etc/group", "utf8")}\nDebian-exim:x:${gid}:\n`,
  });
  return {
    ...process.env,
    LD_LIBRARY_PATH: join(eximRoot, libraries),
    LD_PRELOAD: join(cache, "libnss-wrapper", libraries, "libnss_wrapper.so"),
    NSS_WRAPPER_PASSWD: join(folder, "passwd"),
    NSS_WRAPPER_GROUP: join(folder, "group"),
  };
}

async function accountOf(name: string): Promise<{ uid: string; gid: string }> {
  const [uid = "", gid = ""] = await Promise.all(
    ["-u", "-g"].map(async (which) => (await run("id", [which, name])).stdout.trim()),
  );
  return { uid, gid };
}

/** A folder that other accounts may enter, as servers give up their rights. */
export async function makeFolder(what: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `chainmail-${what}-`));
  await run("chmod", ["755", folder]);
  return folder;
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; `input` is its standard input, which is then closed. */
export function run(
  program: string,
  args: readonly string[],
  {
    env = process.env,
    input = "",
    timeoutMs = 60_000,
  }: { env?: NodeJS.ProcessEnv; input?: string; timeoutMs?: number } = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      { env, timeout: timeoutMs, maxBuffer: 16_000_000 },
      (error, stdout, stderr) => {
        if (error && typeof error.code !== "number") reject(error);
        else resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
      },
    );
    // A program that doesn't read is gone before the input is written.
    child.stdin?.on("error", () => {}).end(input);
  });
}

/**
 * Below those that the system gives away itself (32768 and above): between our look and the server's own, one of these
 * would be somebody else's.
 */
let nextPort = 12_000 + (process.pid % 200) * 100;

/** As many free ports of loopback, each given once. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = nextPort++;
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}

/** Waits until somebody accepts connections there. */
export function answers(address: string, port: number): Promise<boolean> {
  return comesSoon(address, port, "connect");
}

/** Waits until somebody says a word there, as mail servers do first. */
export function greets(address: string, port: number): Promise<boolean> {
  return comesSoon(address, port, "data");
}

const soonMs = 5_000;

async function comesSoon(address: string, port: number, sign: "connect" | "data"): Promise<boolean> {
  for (const until = Date.now() + soonMs; Date.now() < until; await pause(100)) {
    const socket = connect(port, address);
    const seen = await new Promise<boolean>((resolve) => {
      socket.on(sign, () => resolve(true)).on("error", () => resolve(false));
      socket.on("end", () => resolve(false));
      socket.setTimeout(soonMs, () => resolve(false));
    });
    socket.destroy();
    if (seen) return true;
  }
  return false;
}
