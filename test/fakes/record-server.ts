/**
 * A TLS 1.2 server with RSA key exchange, byte by byte, which does with each record behind its first flight what a test
 * says: for flaws that no TLS library at hand has any more. TLS begins with the first byte.
 */

import { constants, privateDecrypt } from "node:crypto";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { RecordReader } from "../../lib/protocols/tls/records.ts";
import { type Issued, selfSigned } from "./certificates.ts";
import { record, serverFlight } from "./server-hello.ts";

export interface RecordServer {
  readonly port: number;
  readonly connections: number;
  close(): Promise<void>;
}

export interface Behind {
  /** 20 for a ChangeCipherSpec, and so on. */
  readonly type: number;
  readonly body: Uint8Array;
  /** Of this type on this connection, from 1. */
  readonly nth: number;
  readonly socket: Socket;
  /** A ClientKeyExchange came, perhaps this one. */
  readonly exchanged: boolean;
  /** What a ClientKeyExchange holds, with its padding. */
  decrypted(): Buffer;
}

export const alert = (code: number): Buffer => record(21, 0x0303, Buffer.from([2, code]));
export const unexpectedMessage = alert(10);
export const badRecordMac = alert(20);

/** As a sound server does: what is out of turn is refused, and what can't be decrypted always in the same way. */
export function soundly({ type, nth, socket, exchanged }: Behind): void {
  if (type === 22 && nth === 1 && exchanged) return;
  if (type === 20 && nth === 1 && exchanged) return;
  socket.end(type === 22 && exchanged ? badRecordMac : unexpectedMessage);
}

const suite = 0x002f;
const handshakeFailure = alert(40);

export async function startRecordServer(
  behind: (record: Behind) => void,
  flight: (hello: Uint8Array) => Uint8Array | null = () => null,
): Promise<RecordServer> {
  const certificate = await selfSigned({ names: ["mx.example"], key: "rsa2048" });
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    serve(socket, certificate, behind, flight);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function serve(
  socket: Socket,
  { der, keyPem }: Issued,
  behind: (record: Behind) => void,
  flight: (hello: Uint8Array) => Uint8Array | null,
): void {
  const reader = new RecordReader();
  const seen = new Map<number, number>();
  let greeted = false;
  let exchanged = false;
  let hello = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    if (((chunk[0] ?? 0) & 0x80) !== 0 && !greeted) return void socket.end();
    for (const { type, body } of reader.push(chunk)) {
      if (greeted) {
        const nth = (seen.get(type) ?? 0) + 1;
        seen.set(type, nth);
        const decrypted = () => {
          return privateDecrypt({ key: keyPem, padding: constants.RSA_NO_PADDING }, body.subarray(6));
        };
        exchanged ||= type === 22 && body[0] === 16;
        behind({ type, body, nth, socket, exchanged, decrypted });
        continue;
      }
      hello = Buffer.from(body);
      const version = hello.readUInt16BE(4);
      greeted = true;
      const own = flight(hello);
      if (own !== null) socket.write(own);
      else if (version >= 0x0303 && offers(hello)) socket.write(serverFlight({ suite, certificates: [der] }));
      else socket.end(handshakeFailure);
    }
  });
}

/** Whether it has our suite. */
function offers(hello: Buffer): boolean {
  const start = 38 + 1 + (hello[38] ?? 0);
  const end = start + 2 + hello.readUInt16BE(start);
  for (let at = start + 2; at < end; at += 2) if (hello.readUInt16BE(at) === suite) return true;
  return false;
}
