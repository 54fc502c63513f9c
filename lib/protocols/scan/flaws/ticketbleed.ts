/**
 * Ticketbleed (CVE-2016-9244): a session id of fewer than 32 bytes, sent with a ticket, comes back with the server's
 * memory behind it. Only how long it is, and that it begins with ours, is looked at.
 */

import { randomBytes } from "node:crypto";
import { suiteByName } from "../../tls/suites.ts";
import { versions } from "../question.ts";
import { olderQuestion } from "./accepted.ts";
import { type AskedFlaw, type Asking, flawed, sound, unknown } from "./flaw.ts";
import { leave, older, secure } from "./secure.ts";

const idLength = 16;
const ticketExtension = 35;
/** A session that was made with it must not be taken up without (RFC 7627 §5.3). */
const extendedMasterSecret = { type: 23, body: new Uint8Array(0) };

interface Ticket {
  readonly ticket: Uint8Array;
  readonly suite: number;
}

export const ticketbleed: AskedFlaw = {
  name: "ticketbleed",
  when: "intrusive",
  async ask(asking) {
    const question = olderQuestion(await asking.scan);
    if (question === null) return sound("nothing is accepted up to TLS 1.2");
    const given = await ticketFrom(asking);
    if (given === null) return sound("no tickets are given");
    if ("how" in given) return unknown(given.how);
    const sessionId = randomBytes(idLength);
    const again = await asking.ask({ ...question, version: versions.tls12, suites: [given.suite] }, asking.serverName, {
      sessionId,
      extra: [extendedMasterSecret, { type: ticketExtension, body: given.ticket }],
    });
    // An alert: who says nothing, or just closes, may not have looked at it.
    if (again.kind === "refused" && again.how !== "closed") return sound(again.how);
    if (again.kind !== "chosen") return unknown(again.how);
    const echoed = again.hello.sessionId;
    const isLonger = echoed.length > idLength && sessionId.equals(echoed.subarray(0, idLength));
    if (isLonger) return flawed(`${echoed.length} bytes came back for ${idLength}`);
    return sessionId.equals(echoed) ? sound() : sound("the ticket was not taken again");
  },
};

/** Null: it gives none. */
async function ticketFrom({ converse, serverName }: Asking): Promise<Ticket | { readonly how: string } | null> {
  return await converse(async (raw, deadline, { handshake }) => {
    const socket = await secure(raw, { ...older, serverName }, deadline, handshake);
    if ("failed" in socket) return { how: `no handshake: ${socket.failed}` };
    const ticket = socket.getTLSTicket();
    const suite = suiteByName(socket.getCipher().name)?.code;
    await leave(socket, deadline);
    return ticket === undefined || suite === undefined ? null : { ticket, suite };
  });
}
