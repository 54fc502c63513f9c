/** A server that only knows hellos, byte by byte: for versions and suites that no TLS library at hand speaks. TLS begins with the first byte. */

import { type AddressInfo, createServer, type Socket } from "node:net";
import { Cursor } from "../../lib/protocols/tls/cursor.ts";
import { type FakeFlight, serverFlight, sslv2Hello } from "./server-hello.ts";

export interface HelloServerOptions {
  /** Suites by version, best first. */
  readonly suites?: Readonly<Record<number, readonly number[]>>;
  readonly sslv2?: readonly number[];
  /** Sent with each suite. */
  readonly flight?: (suite: number) => Partial<FakeFlight>;
  /** Hellos of more values are refused. */
  readonly mostSuites?: number;
  readonly refusesExtensions?: boolean;
  /** What is done in place of an alert to a hello that it can't answer. */
  readonly refuses?: "alert" | "close" | "reset";
}

export interface HelloServer {
  readonly port: number;
  /** The most that were open at once. */
  readonly peak: number;
  close(): Promise<void>;
}

const alert = Buffer.from([21, 3, 1, 0, 2, 2, 40]);

export async function startHelloServer(options: HelloServerOptions): Promise<HelloServer> {
  let [open, peak] = [0, 0];
  const server = createServer((socket) => {
    open++;
    peak = Math.max(peak, open);
    socket.on("error", () => {}).on("close", () => open--);
    socket.once("data", (bytes) => answer(socket, bytes, options));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    port: (server.address() as AddressInfo).port,
    get peak() {
      return peak;
    },
    close: () => new Promise((closed) => server.close(() => closed())),
  };
}

function answer(socket: Socket, bytes: Uint8Array, options: HelloServerOptions): void {
  if (((bytes[0] ?? 0) & 0x80) !== 0 && options.sslv2) {
    socket.end(sslv2Hello(options.sslv2, Buffer.from("der"), false));
    return;
  }
  const { version, suites, hasExtensions } = offered(bytes);
  const spoken = Object.keys(options.suites ?? {})
    .map(Number)
    .filter((each) => each <= version);
  const chosen = Math.max(0, ...spoken);
  const isUnderstood =
    suites.length <= (options.mostSuites ?? suites.length) && !(hasExtensions && options.refusesExtensions);
  const suite = isUnderstood ? options.suites?.[chosen]?.find((code) => suites.includes(code)) : undefined;
  if (suite !== undefined) socket.end(serverFlight({ version: chosen, suite, ...options.flight?.(suite) }));
  else if (options.refuses === "reset") socket.resetAndDestroy();
  else if (options.refuses === "close") socket.end();
  else socket.end(alert);
}

interface Offered {
  readonly version: number;
  readonly suites: readonly number[];
  readonly hasExtensions: boolean;
}

function offered(bytes: Uint8Array): Offered {
  const at = new Cursor(bytes);
  at.bytes(5 + 4);
  const version = at.u16();
  at.bytes(32);
  at.vector8();
  const list = new Cursor(at.vector16());
  const suites: number[] = [];
  while (!list.done) suites.push(list.u16());
  at.vector8();
  return { version, suites, hasExtensions: !at.done };
}
