/** The dialogue in clear, from the banner to the answer to STARTTLS (RFC 5321 §3.1, §4.1.1.1; RFC 3207 §4). */

import type { Outcome, Reply, Stage } from "../../model/observation.ts";
import { printable } from "../printable.ts";
import { capabilitiesOf, starttlsLack } from "./capabilities.ts";
import type { Heard, SmtpLine } from "./line.ts";
import type { Talking } from "./look.ts";

/** What stopped the dialogue; null: the server is ready for the handshake. */
export async function untilStarttls(line: SmtpLine, look: Talking): Promise<Outcome | null> {
  return (await untilEhlo(line, look)) ?? (await starttls(line, look));
}

/** What stopped the dialogue; null: the server answered EHLO, and offers STARTTLS. */
export async function untilEhlo(line: SmtpLine, look: Talking): Promise<Outcome | null> {
  return (await banner(line, look)) ?? (await ehlo(line, look));
}

/** Waits for the greeting, and never speaks first. */
export async function banner(line: SmtpLine, { journal, limits, request }: Talking): Promise<Outcome | null> {
  const heard = await line.hear(limits.banner, request.slowGreeting);
  if (heard.kind !== "reply") return stopped("banner", heard);
  const { reply } = heard;
  journal.banner ??= reply.lines.join("\n");
  journal.done("banner");
  if (reply.code === 220) return null;
  if (reply.code >= 500) return { kind: "refused-by-policy", stage: "banner", reply };
  return reply.code >= 400 ? { kind: "temporarily-refused", stage: "banner", reply } : unexpected(reply);
}

/** The server doesn't know EHLO: only then HELO is tried. Any other 5xx refuses us. */
const unknownCommand: readonly number[] = [500, 502, 504];

async function ehlo(line: SmtpLine, { journal, limits, request }: Talking): Promise<Outcome | null> {
  const heard = await line.ask(`EHLO ${request.ehloName}`, limits.command);
  if (heard.kind !== "reply") return stopped("ehlo", heard);
  const { reply } = heard;
  journal.done("ehlo");
  if (unknownCommand.includes(reply.code)) return helo(line, limits.command, request.ehloName);
  if (reply.code !== 250) return refusedHello(reply);
  const capabilities = capabilitiesOf(reply);
  journal.greeting ??= reply.lines[0] ?? null;
  journal.before ??= capabilities;
  const how = starttlsLack(capabilities);
  return how && { kind: "starttls-absent", how };
}

async function helo(line: SmtpLine, limitMs: number, ehloName: string): Promise<Outcome> {
  const heard = await line.ask(`HELO ${ehloName}`, limitMs);
  if (heard.kind !== "reply") return stopped("ehlo", heard);
  return heard.reply.code === 250 ? { kind: "starttls-absent", how: "helo-only" } : refusedHello(heard.reply);
}

function refusedHello(reply: Reply): Outcome {
  if (reply.code >= 500) return { kind: "refused-by-policy", stage: "ehlo", reply };
  return reply.code >= 400 ? { kind: "temporarily-refused", stage: "ehlo", reply } : unexpected(reply);
}

export async function starttls(line: SmtpLine, { journal, limits }: Talking): Promise<Outcome | null> {
  const heard = await line.ask("STARTTLS", limits.command);
  if (heard.kind !== "reply") return stopped("starttls", heard);
  const { reply } = heard;
  journal.done("starttls");
  if (reply.code === 220) return null;
  if (reply.code === 421) return { kind: "temporarily-refused", stage: "starttls", reply };
  if (reply.code >= 500) return { kind: "starttls-refused", reply };
  return reply.code >= 400 ? { kind: "starttls-not-now", reply } : unexpected(reply);
}

function stopped(stage: Stage, heard: Exclude<Heard, { kind: "reply" }>): Outcome {
  return heard.kind === "silence" ? { kind: "no-answer", stage, silence: heard.silence } : heard;
}

/** A reply that no client could make sense of here. */
function unexpected({ code, lines }: Reply): Outcome {
  return { kind: "not-smtp", line: printable(Buffer.from(`${code} ${lines[0] ?? ""}`), 200) };
}

/** Takes leave where the server still listens. After 421, or when it doesn't speak SMTP, there is nobody to say it to. */
export async function farewell(line: SmtpLine, outcome: Outcome, look: Talking): Promise<void> {
  switch (outcome.kind) {
    case "starttls-absent":
      return quit(line, look);
    case "refused-by-policy":
    case "temporarily-refused":
    case "starttls-refused":
    case "starttls-not-now":
      if (outcome.reply.code !== 421) await quit(line, look);
  }
}

/** On its own, never pipelined with another command. */
export async function quit(line: SmtpLine, { journal, limits }: Talking): Promise<void> {
  const heard = await line.ask("QUIT", limits.quit);
  if (heard.kind === "reply") journal.done("quit");
}
