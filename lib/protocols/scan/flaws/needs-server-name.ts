/** What is served without a server name (RFC 6066 §3), which many senders don't send; and whether a wrong one is noticed. */

import { createHash } from "node:crypto";
import type { Answer } from "../question.ts";
import { type AskedFlaw, type Asking, flawed, sound, unknown } from "./flaw.ts";
import { leave, secure } from "./secure.ts";

/** Nobody's (RFC 6761 §6.4). */
const wrongName = "chainmail.invalid";

type Served = { readonly sha256: string } | { readonly refused: string } | { readonly how: string };

export const needsServerName: AskedFlaw = {
  name: "needs-server-name",
  when: "always",
  async ask(asking) {
    const [without, wrong] = await Promise.all([
      asking.serverName === null ? null : served(asking, null),
      served(asking, wrongName),
    ]);
    const leaves = await asking.leaves;
    const checks = "refused" in wrong ? `a wrong name is refused: ${wrong.refused}` : otherOf(leaves, wrong);
    if (without === null) return sound(checks);
    if ("how" in without) return unknown(without.how);
    if ("refused" in without) return flawed(`without a server name it is refused: ${without.refused}`, checks);
    if (leaves.has(without.sha256)) return sound(checks);
    if (leaves.size === 0) return unknown("what is shown with a server name isn't known");
    return flawed(`without a server name another certificate is shown, of SHA-256 ${without.sha256}`, checks);
  },
};

function otherOf(leaves: ReadonlySet<string>, wrong: Exclude<Served, { refused: string }>): string {
  if ("how" in wrong) return "whether a wrong name is noticed isn't known";
  return leaves.has(wrong.sha256) ? "a wrong name is not noticed" : "for a wrong name another certificate is shown";
}

/** Up to TLS 1.2 certificates are in clear, whatever the suite; TLS 1.3 takes a handshake. */
async function served(asking: Asking, name: string | null): Promise<Served> {
  const question = await asking.early.older;
  if (question !== null) return servedBy(await asking.ask(question, name));
  return await asking.converse(async (raw, deadline, { handshake }) => {
    const socket = await secure(raw, { serverName: name }, deadline, handshake);
    if ("failed" in socket)
      return socket.refused ? { refused: socket.failed } : { how: `no handshake: ${socket.failed}` };
    const leaf = socket.getPeerX509Certificate();
    await leave(socket, deadline);
    return leaf === undefined ? { how: "no certificate" } : { sha256: sha256Of(leaf.raw) };
  });
}

function servedBy(answer: Answer): Served {
  if (answer.kind === "refused") return { refused: answer.how };
  if (answer.kind !== "chosen") return { how: answer.how };
  const [leaf] = answer.certificates;
  return leaf === undefined ? { how: "no certificate" } : { sha256: sha256Of(leaf) };
}

function sha256Of(der: Uint8Array): string {
  return createHash("sha256").update(der).digest("hex");
}
