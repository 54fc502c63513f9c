/** The client may begin another handshake within the session as often as it likes: each costs the server far more (CVE-2011-1473). */

import { olderQuestion } from "./accepted.ts";
import { type AskedFlaw, type Found, flawed, sound, unknown } from "./flaw.ts";
import { older, secure } from "./secure.ts";

export const clientRenegotiation: AskedFlaw = {
  name: "client-renegotiation",
  when: "intrusive",
  async ask({ scan, converse, serverName }) {
    if (olderQuestion(await scan) === null) return sound("nothing is accepted up to TLS 1.2");
    const found = await converse(async (raw, deadline, { handshake }) => {
      const socket = await secure(raw, { ...older, serverName }, deadline, handshake);
      if ("failed" in socket) return unknown(`no handshake: ${socket.failed}`);
      return await new Promise<Found>((resolve) => {
        const finish = (what: Found) => {
          deadline.clear();
          socket.destroy();
          resolve(what);
        };
        deadline.arm(handshake, () => finish(unknown("it was not answered")));
        socket.on("error", (error) => finish(sound("reason" in error ? String(error.reason) : error.message)));
        socket.on("close", () => finish(sound("closed")));
        socket.resume();
        socket.renegotiate({ rejectUnauthorized: false }, (error) =>
          finish(error === null ? flawed("the server went along with another handshake") : sound(error.message)),
        );
      });
    });
    return "kind" in found ? unknown(found.how) : found;
  },
};
