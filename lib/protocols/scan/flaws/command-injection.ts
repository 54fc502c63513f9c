/**
 * Command injection (CVE-2011-0411 and family): what was sent in clear behind STARTTLS is taken for a command given under
 * TLS. Sent is NOOP; under TLS comes QUIT alone, so that a second answer is the first one's.
 */

import type { SmtpLine } from "../../smtp/line.ts";
import { type AskedFlaw, flawed, sound, unknown } from "./flaw.ts";
import { leave, lineOn, secure } from "./secure.ts";

export const commandInjection: AskedFlaw = {
  name: "command-injection",
  when: "always",
  async ask({ target, inClear, serverName }) {
    if (target.tls === "implicit") return sound("TLS from the first byte");
    const found = await inClear(async ({ raw, line }, deadline, { command, handshake }) => {
      raw.write("STARTTLS\r\nNOOP\r\n");
      const ready = await line.hear(command);
      if (ready.kind !== "reply") return sound("the connection ends");
      if (ready.reply.code !== 220) return sound(`${ready.reply.code} to STARTTLS with more behind it`);
      if (line.release().length > 0) return sound("it was answered in clear");
      const socket = await secure(raw, { serverName }, deadline, handshake);
      if ("failed" in socket) return unknown(`no handshake: ${socket.failed}`);
      const encrypted = lineOn(socket, deadline);
      const found = await unaskedReply(encrypted, command);
      encrypted.release();
      await leave(socket, deadline);
      return found === null ? sound() : flawed(`answered under TLS: ${found}`);
    });
    return "kind" in found ? unknown(found.how) : found;
  },
};

/** The reply to what was not asked under TLS; null where there is none. */
async function unaskedReply(line: SmtpLine, limitMs: number): Promise<string | null> {
  const first = await line.ask("QUIT", limitMs);
  // It stood there before anything was asked.
  if (first.kind === "not-smtp") return first.line;
  if (first.kind !== "reply" || first.reply.code === 221) return null;
  const { code, lines } = first.reply;
  const second = await line.hear(limitMs);
  return second.kind === "reply" ? `${code} ${lines[0] ?? ""}`.trim() : null;
}
