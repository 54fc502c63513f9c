/** The status app on this machine. */

import type { AddressInfo } from "node:net";
import { serve as serveNode } from "@hono/node-server";
import { InputError } from "../model/input-error.ts";
import { createApp } from "../status/app.ts";
import type { StatusContext } from "../status/context.ts";

export interface Serving {
  /** `http://127.0.0.1:8025`, without a trailing slash. */
  readonly url: string;
  close(): Promise<void>;
}

/** Port 0: whatever is free. An InputError says which address is taken or not ours. */
export async function serve(context: StatusContext, hostname: string, port: number): Promise<Serving> {
  const app = createApp(context);
  const server = serveNode({ fetch: app.fetch, hostname, port });
  await new Promise<void>((resolve, reject) => {
    server.once("listening", resolve);
    server.once("error", (error: NodeJS.ErrnoException) => reject(explained(error, hostname, port)));
  });
  const bound = server.address() as AddressInfo;
  return {
    url: `http://${bound.family === "IPv6" ? `[${bound.address}]` : bound.address}:${bound.port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
}

function explained(error: NodeJS.ErrnoException, hostname: string, port: number): Error {
  switch (error.code) {
    case "EADDRINUSE":
      return new InputError(`--port: ${port} on ${hostname} is taken by another process; choose another`);
    case "EACCES":
      return new InputError(`--port: ${port} needs more rights than this process has; choose one above 1023`);
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new InputError(`--listen: '${hostname}' is no address of this machine`);
    default:
      return error;
  }
}
