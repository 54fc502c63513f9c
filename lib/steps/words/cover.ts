/** What keeps a message back, in words. */

import type { Cover } from "../../model/cover.ts";
import { shown } from "./escape.ts";

/** Behind "held back by". */
export function coverName({ kind, id, by }: Pick<Cover, "kind" | "id" | "by">): string {
  switch (kind) {
    case "window":
      return `maintenance window ${shown(id, 64)}`;
    case "silence":
      return `a silence of ${shown(by ?? "", 80)}`;
    case "breaker":
      return "the breaker for mass changes";
    case "blind":
      return `vantage ${shown(id, 64)} being blind`;
  }
}
