/** One letter of each kind that an incident can send, a digest and one full of hostile words. */

import type { Letter } from "../../lib/model/ports.ts";
import { digestOf } from "../../lib/steps/words/digest.ts";
import { draftOf } from "../../lib/steps/words/letter.ts";
import { alert, context, noon } from "./causes.ts";
import { hostileAlert } from "./hostile.ts";

const minute = 60_000;
const page = "https://status.example";
const of = (over: Parameters<typeof alert>[0]) => draftOf(alert(over), page);
const never = (index: number) =>
  alert({
    id: `CM-000${index}·1`,
    incident: `CM-000${index}`,
    subject: `192.0.2.${index}:25`,
    context: { ...context, host: `mx${index}.gateway.example`, neverOffered: true },
  });

const drafts = {
  opened: of({}),
  worse: of({ id: "CM-7F3A·2", kind: "worse", at: noon + 5 * minute }),
  reminder: of({ id: "CM-7F3A·3", kind: "reminder", at: noon + 1440 * minute }),
  flapping: of({ id: "CM-7F3A·4", kind: "flapping", at: noon + 1500 * minute }),
  recovered: of({ id: "CM-7F3A·5", kind: "recovered", at: noon + 1600 * minute }),
  gone: of({ id: "CM-7F3A·5", kind: "gone", at: noon + 1600 * minute }),
  digest: digestOf([never(1), never(2), never(3)], page),
  drill: of({ subject: "drill:acme", context: { ...context, customers: 1, customer: "acme" } }),
  hostile: draftOf(hostileAlert(), page),
};

export const stories: readonly (readonly [name: string, letter: Letter])[] = Object.entries(drafts).map(
  ([name, draft]) => [name, { ...draft, to: "somebody" }],
);

/** A letter that nobody escaped before: each sink has to stand alone. */
export function rawLetter(words: string): Letter {
  const { opened } = drafts;
  const event = { ...opened.event, subject: words, host: words, customer: words, text: `${words}\n${words}` };
  return { ...opened, to: "somebody", subject: words, text: event.text, event };
}
