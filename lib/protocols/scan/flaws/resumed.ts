/** A session, and another connection that takes it up again. */

import type { ConnectionOptions, TLSSocket } from "node:tls";
import type { Deadline } from "../../deadline.ts";
import type { Asking } from "./flaw.ts";
import { leave, lineOn, secure } from "./secure.ts";

export type Resumed =
  | { readonly given: "nothing" }
  | { readonly given: "ticket" | "session id"; readonly taken: boolean }
  | { readonly how: string };

interface First {
  readonly session: Buffer | null;
  readonly given: "ticket" | "session id";
}

export async function resumed(
  { converse, serverName, ehloName }: Asking,
  versions: ConnectionOptions,
): Promise<Resumed> {
  const first = await converse<First | { how: string }>(async (raw, deadline, { handshake, command }) => {
    const socket = await secure(raw, { ...versions, serverName }, deadline, handshake);
    if ("failed" in socket) return { how: `no handshake: ${socket.failed}` };
    const session = await sessionOf(socket, ehloName, deadline, command);
    const given = socket.getTLSTicket() === undefined ? "session id" : "ticket";
    await leave(socket, deadline);
    return session === "unheard" ? { how: "no reply under TLS" } : { session, given };
  });
  if (!("session" in first)) return { how: first.how };
  const { session, given } = first;
  if (session === null) return { given: "nothing" };
  const again = await converse(async (raw, deadline, { handshake }) => {
    const socket = await secure(raw, { ...versions, serverName, session }, deadline, handshake);
    if ("failed" in socket) return { how: `no handshake: ${socket.failed}` };
    const taken = socket.isSessionReused();
    await leave(socket, deadline);
    return { taken };
  });
  return "taken" in again ? { given, taken: again.taken } : { how: again.how };
}

/** In TLS 1.3 tickets come behind the handshake, and before any reply. */
async function sessionOf(
  socket: TLSSocket,
  ehloName: string,
  deadline: Deadline,
  limitMs: number,
): Promise<Buffer | null | "unheard"> {
  if (socket.getProtocol() !== "TLSv1.3") return socket.getSession() ?? null;
  let session: Buffer | null = null;
  socket.on("session", (given: Buffer) => {
    session = given;
  });
  const heard = await lineOn(socket, deadline).ask(`EHLO ${ehloName}`, limitMs);
  return session === null && heard.kind === "silence" ? "unheard" : session;
}
