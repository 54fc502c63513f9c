/**
 * Command injection (CVE-2011-0411 and family): what was sent in clear behind STARTTLS is taken for a command given under
 * TLS. Sent is NOOP; under TLS comes QUIT alone, so that a second answer is the first one's.
 */

import type { Heard, SmtpLine } from "../../smtp/line.ts";
import { saysTooMuch } from "../too-much.ts";
import { type AskedFlaw, type Asking, type Found, flawed, sound, unknown } from "./flaw.ts";
import { leave, lineOn, secure } from "./secure.ts";

export const commandInjection: AskedFlaw = {
  name: "command-injection",
  when: "always",
  async ask(asking) {
    if (asking.target.tls === "implicit") return sound("TLS from the first byte");
    const found = await behindStarttls(asking, "NOOP\r\n");
    if (found.result !== "flawed") return found;
    // Some say more than they were asked in any case, such as another greeting.
    const usual = await behindStarttls(asking, "");
    if (usual.result === "flawed") return unknown("more is answered than is asked, whatever is sent in clear");
    return usual.detail.length === 0 ? found : unknown(...usual.detail);
  },
};

/** Flawed: more was answered under TLS than was asked there. `more` is sent in clear, in one packet with STARTTLS. */
async function behindStarttls({ inClear, serverName }: Asking, more: string): Promise<Found> {
  const found = await inClear(async ({ raw, line }, deadline, { command, handshake }) => {
    raw.write(`STARTTLS\r\n${more}`);
    const refusal = refusalIn(await line.hear(command));
    if (refusal !== null) return refusal;
    if (line.release().length > 0) return sound("it was answered in clear");
    const socket = await secure(raw, { serverName }, deadline, handshake);
    if ("failed" in socket) return unknown(`no handshake: ${socket.failed}`);
    const encrypted = lineOn(socket, deadline);
    const found = await unaskedReply(encrypted, command);
    encrypted.release();
    await leave(socket, deadline);
    return found;
  });
  return "kind" in found ? unknown(found.how) : found;
}

/** Null: TLS may begin. */
function refusalIn(heard: Heard): Found | null {
  if (heard.kind === "silence" && heard.silence !== "timeout") return sound("the connection ends");
  if (heard.kind !== "reply") return unknown("no reply to STARTTLS");
  const { code, lines } = heard.reply;
  if (code === 220) return null;
  // Whoever is too busy or too often asked would say so to STARTTLS alone.
  if (code < 500 || saysTooMuch(`${code} ${lines[0] ?? ""}`)) return unknown(`${code} ${lines[0] ?? ""}`.trim());
  return sound(`${code} to STARTTLS with more behind it`);
}

async function unaskedReply(line: SmtpLine, limitMs: number): Promise<Found> {
  const first = await line.ask("QUIT", limitMs);
  // It stood there before anything was asked.
  if (first.kind === "not-smtp") return flawed(`answered under TLS: ${first.line}`);
  if (first.kind !== "reply") return unknown("no reply to QUIT under TLS");
  const { code, lines } = first.reply;
  if (code === 221) return sound();
  const words = `${code} ${lines[0] ?? ""}`.trim();
  const second = await line.hear(limitMs);
  return second.kind === "reply" ? flawed(`answered under TLS: ${words}`) : unknown(`${words} to QUIT under TLS`);
}
