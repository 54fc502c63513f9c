/** What an EHLO reply offers (RFC 5321 §4.1.1.1). */

import type { Capabilities, Reply } from "../../model/observation.ts";

/** Keywords in upper case, each with its parameters as sent. The first line is the greeting and offers nothing. */
export function capabilitiesOf(reply: Reply): Capabilities {
  const capabilities: Record<string, string> = {};
  for (const line of reply.lines.slice(1)) {
    const text = line.trim();
    const end = text.search(/[\s=]/);
    const keyword = end < 0 ? text : text.slice(0, end);
    if (keyword !== "") capabilities[keyword.toUpperCase()] = end < 0 ? "" : text.slice(end + 1).trim();
  }
  return capabilities;
}

/** Firewalls that "inspect" SMTP overwrite STARTTLS by as many letters: `XXXXXXXA`. */
const mask = /^X{4,}[A-Z]?$/;

/** How an EHLO reply of 250 lacks STARTTLS (RFC 3207 §2), or null when it doesn't. */
export function starttlsLack(capabilities: Capabilities): "absent" | "masked" | null {
  if ("STARTTLS" in capabilities) return null;
  return maskedKeywords(capabilities).length > 0 ? "masked" : "absent";
}

/** The keywords that were overwritten, as they arrived. */
export function maskedKeywords(capabilities: Capabilities): readonly string[] {
  return Object.keys(capabilities).filter((keyword) => mask.test(keyword));
}
