/** Sessions of TLS 1.3: whether the tickets that are given are taken (RFC 8446 §2.2). */

import { type AskedFlaw, flawed, sound, unknown } from "./flaw.ts";
import { resumed } from "./resumed.ts";
import { newest } from "./secure.ts";

export const resumptionTls13: AskedFlaw = {
  name: "resumption-tls13",
  when: "always",
  async ask(asking) {
    if (!(await asking.early.speaksNewest)) return sound("TLS 1.3 is not accepted");
    const session = await resumed(asking, newest);
    if ("how" in session) return unknown(session.how);
    if (session.given === "nothing") return sound("no tickets are given");
    return session.taken ? sound("resumed by ticket") : flawed("a ticket is given, and not taken again");
  },
};
