/** Words of a server that means harm to whoever reads, opens or counts them. */

import fc from "fast-check";
import type { Alert } from "../../lib/model/incident.ts";
import { alert, context } from "./causes.ts";

export const hostileWords: readonly string[] = [
  "250 ok\r\nBcc: all@example.net",
  "<!channel> <!here> <@U012AB3CD> <#C123ABC456> @channel @everyone",
  "<https://evil.example/|Renew here> [Renew here](https://evil.example/) https://evil.example/x",
  `<at>Everyone</at> {{DATE(2026-01-01T00:00:00Z, SHORT)}} ${"$"}{payload} **bold** ${"`code` ```"}`,
  "\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007\u001b[2J\u0000\u0008",
  '=HYPERLINK("https://evil.example","Renew")',
  "@SUM(1+1)*cmd|' /C calc'!A0",
  "\u202egnp.exe \u2028 \u200bzero \ufeff",
  '"},"routing_key":"stolen","x":{"',
  `250 ${"A".repeat(2_000_000)}`,
];

/** An incident whose server put such words wherever a server can. */
export function hostileAlert(words: readonly string[] = hostileWords, over: Partial<Alert> = {}): Alert {
  const [first = ""] = words;
  return alert({
    ...over,
    context: {
      ...context,
      host: first,
      findings: words.map((evidence) => ({
        code: "starttls.absent",
        severity: "critical",
        evidence: [evidence],
        consequence: "mail goes in clear",
        advice: "Switch STARTTLS on in the mail server.",
      })),
      lines: words,
    },
  });
}

/** Any text, pieces of attacks among it. */
export const anyText = fc
  .array(fc.oneof(fc.string({ unit: "binary", maxLength: 40 }), fc.constantFrom(...hostileWords.slice(0, -1))), {
    maxLength: 6,
  })
  .map((parts) => parts.join(""));
