/** What a new customers file would do to what is known, in words. */

import { visible } from "../protocols/printable.ts";
import type { DryAlarm, DryEffect } from "../steps/dry.ts";

const mostNamed = 10;

/** A line each; none where there is nothing to judge. */
export function* dryWords({ opens, ends, known, unknown }: DryEffect): Generator<string> {
  if (known === 0) {
    yield "nothing is known of these targets yet: what the file asks for is judged by the first looks";
    return;
  }
  yield `under the new file ${alarms(opens)} would open${byClass(opens)}, ${ends.length} would end${byClass(ends)}`;
  for (const alarm of opens.slice(0, mostNamed)) yield `  would open: ${visible(wordsOf(alarm))}`;
  if (opens.length > mostNamed) yield `  and ${opens.length - mostNamed} more`;
  for (const alarm of ends.slice(0, mostNamed)) yield `  would end: ${visible(wordsOf(alarm))}`;
  if (ends.length > mostNamed) yield `  and ${ends.length - mostNamed} more`;
  const judged = `judged by what is known of ${targets(known)}, nothing was looked at`;
  yield unknown === 0 ? judged : `${judged}; nothing is known of ${unknown} yet`;
}

/** ` (10 weak, 2 unauthenticated)`. */
function byClass(some: readonly DryAlarm[]): string {
  const counts = [...Map.groupBy(some, (alarm) => alarm.class)].map(([cls, all]) => ({ cls, count: all.length }));
  const words = counts.toSorted((a, b) => b.count - a.count).map(({ cls, count }) => `${count} ${cls}`);
  return words.length === 0 ? "" : ` (${words.join(", ")})`;
}

function wordsOf({ class: cls, subject, context: { host, customer, customers } }: DryAlarm): string {
  return `${host} (${subject}): ${cls}, ${customer ?? (customers === 1 ? "1 customer" : `${customers} customers`)}`;
}

function alarms(some: readonly DryAlarm[]): string {
  return some.length === 1 ? "1 alarm" : `${some.length} alarms`;
}

function targets(count: number): string {
  return count === 1 ? "1 target" : `${count} targets`;
}
