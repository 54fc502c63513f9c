/** A path to a mail server through which some don't come as they should: by the address that they come from. */

import { connect, createServer, type Socket } from "node:net";
import { Transform } from "node:stream";

/** `strips`: the offer of STARTTLS is taken out of what the server says; `dark`: nobody says a word. */
export type Weather = "clear" | "strips" | "dark";

export interface Path {
  /** What befalls those that come from this address. */
  readonly weather: Map<string, Weather>;
  close(): Promise<void>;
}

/** Listens on `address` and `port` of loopback, and leads to `to` of 127.0.0.1. */
export async function startPath(address: string, port: number, to: number): Promise<Path> {
  const weather = new Map<string, Weather>();
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => {}).on("close", () => open.delete(socket));
    const kind = weather.get(socket.remoteAddress ?? "") ?? "clear";
    if (kind === "dark") return;
    const behind = connect(to, "127.0.0.1").on("error", () => socket.destroy());
    socket.on("close", () => behind.destroy());
    socket.pipe(behind);
    (kind === "strips" ? behind.pipe(withoutStarttls()) : behind).pipe(socket);
  });
  await new Promise<void>((listening, failed) => server.once("error", failed).listen(port, address, listening));
  return {
    weather,
    close: () =>
      new Promise((closed) => {
        for (const socket of open) socket.destroy();
        server.close(() => closed());
      }),
  };
}

/** As a firewall that inspects SMTP does it. */
function withoutStarttls(): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, chunk.toString("latin1").replace(/^250-STARTTLS\r\n/m, ""));
    },
  });
}
