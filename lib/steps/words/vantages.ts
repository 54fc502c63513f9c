/** How it looks from where, one after the other. */

import type { Alert, Beside, CauseContext } from "../../model/incident.ts";
import { shown } from "./escape.ts";

/** The last bad look in front, then what the other vantages got; none where one vantage alone looks. */
export function sightings({ slot, lines, beside }: CauseContext): readonly Beside[] {
  if (slot === null) return [];
  const others = beside.filter(({ vantage }) => vantage !== slot.vantage);
  return others.length === 0 ? [] : [{ vantage: slot.vantage, answer: "bad", lines }, ...others];
}

/** `from here sessions offered no TLS, from eu2 they are as required`; `sometimes` are the words of the class. */
export function fromWhere({ context }: Alert, sometimes: string): string {
  const all = sightings(context);
  const names = (answer: Beside["answer"]) =>
    all
      .filter((one) => one.answer === answer)
      .map(({ vantage }) => shown(vantage, 64))
      .join(", ");
  const [bad, good] = [names("bad"), names("good")];
  if (bad === "" || good === "") return `from some places sessions ${sometimes}, from others they are as required`;
  return `from ${bad} sessions ${sometimes}, from ${good} they are as required`;
}
