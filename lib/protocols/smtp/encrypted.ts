/** The dialogue once it is encrypted. Whatever happens here, that TLS was agreed stands. */

import type { Outcome, Reply } from "../../model/observation.ts";
import { capabilitiesOf } from "./capabilities.ts";
import { banner, quit } from "./dialogue.ts";
import type { Heard, SmtpLine } from "./line.ts";
import type { LightProbe, Look } from "./look.ts";

/** EHLO again, since what was said in clear doesn't count any more (RFC 3207 §4.2); then the envelope where asked for; QUIT. */
export async function onceEncrypted(line: SmtpLine, look: Look): Promise<void> {
  const { journal, limits, request } = look;
  if (request.target.tls === "implicit") {
    const refusal = await banner(line, look);
    if (refusal?.kind === "refused-by-policy") await quit(line, look);
    if (refusal) return noteEnd(refusal, look);
  }
  const heard = await line.ask(`EHLO ${request.ehloName}`, limits.command);
  if (heard.kind !== "reply") return noteEnd(heard, look);
  if (heard.reply.code === 421) return;
  journal.done("ehlo-again");
  if (heard.reply.code === 250) {
    journal.after = capabilitiesOf(heard.reply);
    if (request.envelope && !(await envelope(line, look, request.envelope))) return;
  }
  await quit(line, look);
}

/** What cut the session short, where no reply of the server says so. */
function noteEnd(end: Outcome | Exclude<Heard, { kind: "reply" }>, { journal }: Look): void {
  if ("silence" in end) journal.note(`Server went silent over TLS (${end.silence})`);
  else if (end.kind === "too-much") journal.note(`Server sends too much over TLS (${end.what}): reading stopped`);
  else if (end.kind === "not-smtp") journal.note("Server does not speak SMTP over TLS");
}

type Envelope = NonNullable<LightProbe["envelope"]>;

/** Never goes on to DATA. False when the connection is of no use any more. */
async function envelope(line: SmtpLine, look: Look, { from, to }: Envelope): Promise<boolean> {
  const { journal, limits } = look;
  const mail = await line.ask(`MAIL FROM:<${from}>`, limits.command);
  if (mail.kind !== "reply") {
    noteEnd(mail, look);
    return false;
  }
  journal.envelope = { mail: mail.reply, rcpt: null };
  if (mail.reply.code === 421) return false;
  if (mail.reply.code < 300 && to !== null) {
    const mask = maskOf(to);
    journal.mask = mask;
    const rcpt = await line.ask(`RCPT TO:<${to}>`, limits.command);
    journal.mask = (text) => text;
    if (rcpt.kind !== "reply") {
      noteEnd(rcpt, look);
      return false;
    }
    const reply: Reply = { code: rcpt.reply.code, lines: rcpt.reply.lines.map(mask) };
    journal.envelope = { mail: mail.reply, rcpt: reply };
    if (reply.code === 421) return false;
  }
  journal.done("envelope");
  return (await line.ask("RSET", limits.command)).kind === "reply";
}

/** Hides the domain of a recipient wherever it is told: `tlstest@example.com` → `tlstest@xxxxx.com`. */
function maskOf(recipient: string): (text: string) => string {
  const domain = recipient.slice(recipient.lastIndexOf("@") + 1);
  const end = /\.[a-z0-9-]+$/i.exec(domain)?.[0] ?? "";
  const pattern = new RegExp(domain.replace(/[^a-z0-9]/gi, "\\$&"), "gi");
  return (text) => (domain === "" ? text : text.replace(pattern, `xxxxx${end}`));
}
