/** Whether the server insists: MAIL FROM in clear is answered 530 (RFC 3207 §4). A public MX must not insist; others had better. */

import { type AskedFlaw, flawed, sound, unknown } from "./flaw.ts";

export const mailInClear: AskedFlaw = {
  name: "mail-in-clear",
  when: "by-hand",
  async ask({ target, inClear }) {
    if (target.tls === "implicit") return sound("TLS from the first byte");
    const found = await inClear(async ({ line }, _deadline, { command, quit }) => {
      const heard = await line.ask("MAIL FROM:<>", command);
      if (heard.kind !== "reply") return unknown("no reply to MAIL FROM");
      await line.ask("QUIT", quit);
      const { code, lines } = heard.reply;
      const reply = `${code} ${lines[0] ?? ""}`.trim();
      if (code === 530) return sound(reply);
      return code < 300 ? flawed(reply) : unknown(reply);
    });
    return "kind" in found ? unknown(found.how) : found;
  },
};
