/** Stands in front of a server and counts who comes; where that speaks TLS alone, it says an SMTP server's first words. */

import { connect, createServer, type Socket } from "node:net";

export interface Relay {
  readonly port: number;
  /** Of the connections since it was asked last. */
  counted(): Counted;
  close(): Promise<void>;
}

export interface Counted {
  readonly connections: number;
  /** Open at once. */
  readonly most: number;
}

/**
 * Leads to one of the ports `behind` of loopback, in front of `tls` once STARTTLS was said: to the first that serves the
 * fewest, since a server of tests often speaks with one client at a time.
 */
export async function startRelay(behind: readonly number[], speaks: "smtp" | "tls"): Promise<Relay> {
  const busy = new Map(behind.map((port) => [port, 0]));
  const all = new Set<Socket>();
  const open = new Set<Socket>();
  let connections = 0;
  let most = 0;
  const server = createServer((socket) => {
    all.add(socket);
    open.add(socket);
    connections++;
    const gone = () => open.delete(socket);
    socket.on("error", gone).on("end", gone).on("close", gone);
    socket.on("close", () => all.delete(socket));
    // Who hung up before this one came may be heard of a moment later.
    const here = [...open];
    setTimeout(() => {
      most = Math.max(most, here.filter((each) => open.has(each)).length);
    }, 1);
    if (speaks === "smtp") join(socket, busy);
    else converse(socket, busy);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    counted() {
      const counted = { connections, most };
      connections = 0;
      most = open.size;
      return counted;
    },
    close: () =>
      new Promise((closed) => {
        for (const socket of all) socket.destroy();
        server.close(() => closed());
      }),
  };
}

/** `busy`: clients of each port. */
function converse(socket: Socket, busy: Map<number, number>): void {
  let said = "";
  const onData = (chunk: Buffer) => {
    said += chunk.toString("latin1");
    for (let end = said.indexOf("\n"); end >= 0; end = said.indexOf("\n")) {
      const verb = said.slice(0, end).trim().split(" ")[0]?.toUpperCase();
      said = said.slice(end + 1);
      if (verb === "STARTTLS") {
        socket.off("data", onData);
        socket.write("220 2.0.0 Ready to start TLS\r\n");
        join(socket, busy);
        return;
      }
      if (verb === "QUIT") socket.end("221 2.0.0 Bye\r\n");
      else if (verb === "EHLO") socket.write("250-relay.peers.example\r\n250-STARTTLS\r\n250 8BITMIME\r\n");
      else
        socket.write(
          verb === "HELO" ? "250 relay.peers.example\r\n" : "530 5.7.0 Must issue a STARTTLS command first\r\n",
        );
    }
  };
  socket.on("data", onData);
  socket.write("220 relay.peers.example ESMTP Postfix\r\n");
}

function join(socket: Socket, busy: Map<number, number>): void {
  const [[port = 0, clients = 0] = []] = [...busy].sort(([, one], [, other]) => one - other);
  busy.set(port, clients + 1);
  const behind = connect(port, "127.0.0.1").on("error", () => socket.destroy());
  behind.on("close", () => {
    busy.set(port, (busy.get(port) ?? 1) - 1);
    socket.destroy();
  });
  socket.on("close", () => behind.destroy());
  socket.pipe(behind).pipe(socket);
}
