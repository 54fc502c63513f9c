/** Sessions up to TLS 1.2: whether what is given to take one up again, ticket or id, is taken (RFC 5077, RFC 5246 §7.3). */

import { type AskedFlaw, flawed, sound, unknown } from "./flaw.ts";
import { resumed } from "./resumed.ts";
import { older } from "./secure.ts";

export const resumption: AskedFlaw = {
  name: "resumption",
  when: "always",
  async ask(asking) {
    if ((await asking.early.older) === null) return sound("nothing is accepted up to TLS 1.2");
    const session = await resumed(asking, older);
    if ("how" in session) return unknown(session.how);
    if (session.given === "nothing") return sound("nothing is given to resume by");
    const { given, taken } = session;
    if (!taken)
      return given === "ticket" ? flawed("a ticket is given, and not taken again") : sound("no session is resumed");
    return sound(`resumed by ${given}`);
  },
};
