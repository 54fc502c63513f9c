/** What an EHLO reply offers (RFC 5321 §4.1.1.1). */

import type { Capabilities, Reply } from "../../model/observation.ts";

/** Keywords in upper case, each with its parameters as sent. The first line is the greeting and offers nothing. */
export function capabilitiesOf(reply: Reply): Capabilities {
  return Object.fromEntries(
    reply.lines.slice(1).flatMap((line) => {
      const match = /^([^\s=]+)(?:[\s=]+(.*))?$/.exec(line.trim());
      return match?.[1] === undefined ? [] : [[match[1].toUpperCase(), match[2] ?? ""]];
    }),
  );
}

/** Firewalls that "inspect" SMTP overwrite STARTTLS by as many letters: `XXXXXXXA`. */
const mask = /^X{4,}[A-Z]?$/;

/** How an EHLO reply of 250 lacks STARTTLS (RFC 3207 §2), or null when it doesn't. */
export function starttlsLack(capabilities: Capabilities): "absent" | "masked" | null {
  const keywords = Object.keys(capabilities);
  if (keywords.includes("STARTTLS")) return null;
  return keywords.some((keyword) => mask.test(keyword)) ? "masked" : "absent";
}
