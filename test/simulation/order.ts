/** What must be true of the order of any incidents and of their messages, whatever they tell of. */

import { isEnd, nameOf, type Story } from "./stories.ts";

export function wrongOrder({ claims, folds, ...story }: Story): readonly string[] {
  const numbers = claims.map(({ alert }) => numberOf(alert.id));
  const opens = claims.filter(({ alert }) => alert.kind === "opened" || alert.kind === "flapping");
  const ends = claims.filter(({ alert }) => isEnd(alert));
  const isOpenedFirst =
    claims[0] === opens[0] && claims.filter(({ alert }) => alert.kind === "opened").length <= 1 + folds.length;
  const isEndedLast = ends.length === 0 || (ends.length === 1 && claims.at(-1) === ends[0]);
  const isNumbered = numbers.every((number, index) => number === index + 1);
  return isOpenedFirst && isEndedLast && isNumbered
    ? []
    : [`${story.incident} tells ${claims.map(({ alert }) => `${alert.id} ${alert.kind}`).join(", ")}`];
}

function numberOf(id: string): number {
  return Number(id.split("·")[1]);
}

/** No two open incidents of one cause. */
export function overlapping(stories: readonly Story[]): readonly string[] {
  return stories.flatMap((story, index) => {
    const before = stories.slice(0, index).filter((one) => one.class === story.class && one.subject === story.subject);
    const opened = story.claims[0]?.alert.at ?? 0;
    return before.some(({ endedAt }) => endedAt > opened) ? [`${nameOf(story)} was opened beside another`] : [];
  });
}
