/** A handshake by our TLS library for those flaws that lie behind it, completed whatever the certificate says. */

import { constants } from "node:crypto";
import type { Duplex } from "node:stream";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import type { Deadline } from "../../deadline.ts";
import { Journal } from "../../smtp/journal.ts";
import { SmtpLine } from "../../smtp/line.ts";
import { plaintextBudget } from "../../smtp/reply.ts";

/** `refused`: the server's own word, an alert or the end of the connection; else nobody knows whether it is. */
export type Secured = TLSSocket | { readonly failed: string; readonly refused: boolean };

/** How the library begins what it says of an alert. */
const byAlert = /^(ssl\/tls|sslv3|tlsv1\d?) /;

/** Up to TLS 1.2, or TLS 1.3 alone. */
export const older: ConnectionOptions = { minVersion: "TLSv1", maxVersion: "TLSv1.2" };
export const newest: ConnectionOptions = { minVersion: "TLSv1.3" };

/** So long the server has for its end of it. */
const goneMs = 100;

/** Never rejects. */
export function secure(
  raw: Duplex,
  { serverName, ...options }: ConnectionOptions & { readonly serverName: string | null },
  deadline: Deadline,
  limitMs: number,
): Promise<Secured> {
  return new Promise((resolve) => {
    const socket = connect({
      minVersion: "TLSv1",
      ciphers: "ALL:@SECLEVEL=0",
      secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT,
      // Nobody asks whom to trust: without roots a context costs nothing.
      ca: [],
      minDHSize: 1,
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      servername: serverName ?? "",
      ...options,
      socket: raw,
    });
    const finish = (secured: Secured) => {
      deadline.clear();
      socket.off("secureConnect", onSecure).off("close", onClose).off("error", onError);
      socket.on("error", () => {});
      if (!("write" in secured)) socket.destroy();
      resolve(secured);
    };
    const onSecure = () => finish(socket);
    const onClose = () => finish({ failed: "closed", refused: true });
    const onError = (error: Error) => {
      if (isEnd(error)) return onClose();
      const failed = "reason" in error ? String(error.reason) : error.message;
      finish({ failed, refused: byAlert.test(failed) });
    };
    socket.on("secureConnect", onSecure).on("close", onClose).on("error", onError);
    deadline.arm(limitMs, () => finish({ failed: "timeout", refused: false }));
  });
}

/** Node gives it the code of a reset, of which the operating system would tell. */
function isEnd(error: Error): boolean {
  return "code" in error && error.code === "ECONNRESET" && !("syscall" in error);
}

/** The end of a connection: it is gone when the server knows, so that no more are open than we think. */
export function leave(socket: TLSSocket, deadline: Deadline): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) return resolve();
    deadline.arm(goneMs, resolve);
    socket.once("close", () => resolve());
    socket.resume().end();
  });
}

/** SMTP on what {@link secure} made. */
export function lineOn(socket: TLSSocket, deadline: Deadline): SmtpLine {
  const journal = new Journal(() => 0, null);
  return new SmtpLine(socket, true, { journal, budget: plaintextBudget(), deadline });
}
