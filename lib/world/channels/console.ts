/** Messages on the terminal that `chainmail up` runs in. */

import type { Channel } from "../../model/ports.ts";

/** The subject on a line of its own, the text indented below it. `write` takes whole lines. */
export function createConsoleChannel(write: (text: string) => void): Channel {
  return {
    name: "console",
    unpaced: true,
    deliver({ subject, text }) {
      const body = text.trimEnd().replace(/^(?=.)/gm, "    ");
      write(`${subject}\n${body}\n`);
      return Promise.resolve({ kind: "sent" });
    },
  };
}
