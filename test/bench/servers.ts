/** Mail servers in processes of their own, so that what is measured is the client. */

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Chain } from "./certificates.ts";

export interface ServerSettings extends Chain {
  readonly replyDelayMs: number;
  readonly host: string;
}

export interface Servers {
  readonly ports: readonly number[];
  /** Connections accepted so far, by all of them. */
  accepted(): Promise<number>;
  stop(): void;
}

export async function startServers(
  count: number,
  chain: Chain,
  { replyDelayMs = 0, host = "127.0.0.1" }: { replyDelayMs?: number; host?: string } = {},
): Promise<Servers> {
  const settings: ServerSettings = { ...chain, replyDelayMs, host };
  const children = Array.from({ length: count }, () =>
    fork(join(import.meta.dirname, "server.ts"), [JSON.stringify(settings)], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    }),
  );
  const ports = await Promise.all(children.map(async (child) => (await told<{ port: number }>(child)).port));
  return {
    ports,
    async accepted() {
      const answers = await Promise.all(
        children.map((child) => {
          const answer = told<{ accepted: number }>(child);
          child.send("accepted?");
          return answer;
        }),
      );
      return answers.reduce((sum, { accepted }) => sum + accepted, 0);
    },
    stop() {
      for (const child of children) child.disconnect();
    },
  };
}

async function told<T>(child: ChildProcess): Promise<T> {
  const [message] = (await once(child, "message")) as [T];
  return message;
}
