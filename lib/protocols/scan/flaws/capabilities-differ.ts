/** What EHLO offers in clear and what it offers under TLS, where that differs otherwise than it should (RFC 3207 §4.2). */

import type { Capabilities } from "../../../model/observation.ts";
import { visible } from "../../printable.ts";
import { flawed, type SeenFlaw, sound, unknown } from "./flaw.ts";

/** Rightly offered under TLS alone (RFC 4954 §4, RFC 8689 §2). */
const forTlsAlone: readonly string[] = ["AUTH", "REQUIRETLS"];

export const capabilitiesDiffer: SeenFlaw = {
  name: "capabilities-differ",
  look({ scan: { target }, observation }) {
    if (target.tls === "implicit") return sound("nothing is said in clear");
    const { before = null, after = null } = observation?.capabilities ?? {};
    if (before === null || after === null) return unknown("EHLO was not answered twice");
    const differences = [
      ...shown(
        "only in clear",
        Object.keys(before).filter((word) => word !== "STARTTLS" && !(word in after)),
      ),
      ...shown(
        "only under TLS",
        Object.keys(after).filter((word) => !forTlsAlone.includes(word) && !(word in before)),
      ),
      ...shown(
        "otherwise under TLS",
        Object.keys(before).filter((word) => isOther(word, before, after)),
      ),
      ...("STARTTLS" in after ? ["STARTTLS is offered under TLS"] : []),
    ];
    return differences.length > 0 ? flawed(...differences) : sound();
  },
};

function isOther(word: string, before: Capabilities, after: Capabilities): boolean {
  return word in after && before[word] !== after[word] && !forTlsAlone.includes(word) && word !== "STARTTLS";
}

function shown(how: string, words: readonly string[]): readonly string[] {
  return words.length === 0 ? [] : [`${how}: ${words.map(visible).join(" ")}`];
}
