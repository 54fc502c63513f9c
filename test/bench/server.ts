/**
 * A mail server in a process of its own that does as little as it can: greets, offers STARTTLS, says goodbye.
 * Started by `servers.ts` with its settings as JSON in the first argument; tells its port to the parent.
 */

import { type AddressInfo, createServer } from "node:net";
import type { Duplex } from "node:stream";
import { createSecureContext, TLSSocket } from "node:tls";
import type { ServerSettings } from "./servers.ts";

const { chainPem, keyPem, name, replyDelayMs, host } = JSON.parse(process.argv[2] ?? "") as ServerSettings;
const secureContext = createSecureContext({ cert: chainPem, key: keyPem });
let accepted = 0;

const greeting = `220 ${name} ESMTP bench\r\n`;
const features = (more: readonly string[]): string =>
  [name, "PIPELINING", "SIZE 52428800", ...more, "8BITMIME"]
    .map((line, index, all) => `250${index === all.length - 1 ? " " : "-"}${line}\r\n`)
    .join("");
const inClear = features(["STARTTLS"]);
const encrypted = features([]);

function answer(socket: Duplex, text: string, then: () => void = () => {}): void {
  const send = () => {
    socket.write(text);
    then();
  };
  if (replyDelayMs === 0) send();
  else setTimeout(send, replyDelayMs);
}

function talk(socket: Duplex, isEncrypted: boolean): void {
  let pending = "";
  const onData = (chunk: Buffer) => {
    pending += chunk.toString("latin1");
    for (let end = pending.indexOf("\r\n"); end >= 0; end = pending.indexOf("\r\n")) {
      const command = pending.slice(0, end).slice(0, 8).toUpperCase();
      pending = pending.slice(end + 2);
      if (command.startsWith("EHLO")) answer(socket, isEncrypted ? encrypted : inClear);
      else if (command.startsWith("STARTTLS")) {
        socket.off("data", onData);
        answer(socket, "220 go ahead\r\n", () => talk(secured(socket), true));
      } else if (command.startsWith("QUIT")) answer(socket, "221 bye\r\n", () => socket.end());
      else answer(socket, "502 no\r\n");
    }
  };
  socket.on("data", onData);
  socket.on("error", () => socket.destroy());
}

function secured(socket: Duplex): Duplex {
  const tls = new TLSSocket(socket, { isServer: true, secureContext });
  tls.on("close", () => socket.destroy());
  return tls;
}

const server = createServer({ noDelay: true }, (socket) => {
  accepted += 1;
  answer(socket, greeting);
  talk(socket, false);
});
server.listen(0, host, 16_384, () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on("message", () => process.send?.({ accepted }));
process.on("disconnect", () => process.exit());
