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
      extra: [{ type: ticketExtension, body: given.ticket }],
    });
    if (again.kind !== "chosen") return again.kind === "unasked" ? unknown(again.how) : sound(again.how);
    const echoed = again.hello.sessionId;
    const isLonger = echoed.length > idLength && sessionId.equals(echoed.subarray(0, idLength));
    return isLonger ? flawed(`${echoed.length} bytes came back for ${idLength}`) : sound();
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
