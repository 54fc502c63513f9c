/** `docs/incidents.md`: how an incident lives, as the machine itself shows when it is walked through and played. */

import { fewestChildren, shareOfChildren } from "../../lib/judge/parents.ts";
import { askedAfter } from "../../lib/judge/sight/inquiry.ts";
import { fewestNetworks, fewestTargets, largeShare } from "../../lib/judge/sight/tally.ts";
import type { CauseState, IncidentClass } from "../../lib/model/incident.ts";
import { defaultPolicy } from "../../lib/model/policy.ts";
import { cleanLoss, type Delays, plainBackend } from "./detection.ts";
import {
  type Exploration,
  type ExploredEvent,
  explore,
  fromHere,
  secondContacts,
  type Transition,
  twoVantages,
} from "./explore.ts";
import { rules } from "./forbidden.ts";
import { promise } from "./promise.ts";
import { smallPolicy } from "./small-policy.ts";

const states: readonly CauseState[] = ["clear", "suspected", "open", "recovering"];

/** One class of each manner, which stands for the others. */
export const manners: readonly { readonly title: string; readonly class: IncidentClass; readonly text: string }[] = [
  {
    title: "Confirmed by looks of its own",
    class: "cleartext",
    text: "`cleartext`, `weak`, `unauthenticated` and `unsatisfiable-policy`: a bad look asks for others at once.",
  },
  {
    title: "By patience",
    class: "unreachable",
    text: '`unreachable` and `temporarily-unavailable`: only silence that lasts opens. What is *bad* here is that nobody answered, or that the server said "not now"; *silence* is a look that says nothing even of that.',
  },
  {
    title: "Certain at once",
    class: "expiring",
    text: "`expiring`: a date needs no second look, and a certificate that is shown no more gets no good answer: time ends it.",
  },
];

export async function incidentsDocument(): Promise<string> {
  const explored = manners.map((manner) => ({ ...manner, ...explore(manner.class) }));
  const [confirmed] = explored;
  const divided = explore("cleartext", undefined, twoVantages);
  const escalated = explore("cleartext", undefined, secondContacts);
  return [
    "# Incidents",
    "",
    "<!-- Made from the code by `npm run docs`. -->",
    "",
    "A cause is a class and a subject, such as `cleartext` of `192.0.2.1:25`. It opens once and ends once, however many",
    "customers suffer. Silence never heals; out of DNS is `gone`, which isn't `recovered`.",
    "",
    ...diagramOf([...(confirmed?.transitions ?? []), ...escalated.transitions]),
    "",
    "## Figures",
    "",
    ...figures(),
    "",
    "## How soon a loss is told",
    "",
    ...detection(await cleanLoss(500), plainBackend(8, 20_000)),
    "",
    "## Every state, every event",
    "",
    `The machine is walked through by every event from every state that it can reach, with windows small enough to try all of`,
    `them (${smallPolicy.window} answers instead of ${defaultPolicy.window}): ${sum(explored, "states")} states, ${sum(explored, "steps")} steps. With a second vantage,`,
    `which can go blind, and windows of ${twoVantages.policy.window} answers each: ${sum([divided], "states")} states, ${sum([divided], "steps")} steps. With second`,
    `contacts who wait: ${sum([escalated], "states")} states, ${sum([escalated], "steps")} steps. Where a cell has several lines, what came before decides.`,
    "",
    ...explored.flatMap((each) => [`### ${each.title}`, "", each.text, "", ...tableOf(each.transitions), ""]),
    "### From two vantages",
    "",
    "The class that is confirmed by looks of its own, as `here` and `there` see it. An event without a place is from here.",
    "",
    ...tableOf(divided.transitions, twoVantages.events),
    "",
    "### With second contacts",
    "",
    `The same class, with contacts that wait ${waits(secondContacts.waits)} for an acknowledgement once the first ones were told.`,
    "",
    ...tableOf(escalated.transitions),
    "",
    "## What never happens",
    "",
    "None of those steps does any of this, and the build fails when one does:",
    "",
    ...Object.keys(rules).map((rule) => `- ${rule}`),
    "",
    ...promise,
    "",
  ].join("\n");
}

function waits(ms: readonly number[]): string {
  return `${ms.map((each) => each / 60_000).join(" and ")} minutes`;
}

function sum(explored: readonly Exploration[], what: "states" | "steps"): string {
  return explored.reduce((total, each) => total + each[what], 0).toLocaleString("en");
}

function figures(): readonly string[] {
  const { confirmAfter, openAfter, openSpan, intermittentAfter, window, recoverAfter, recoverCycles } = defaultPolicy;
  const { cleanFor, flapsPerHour, silentFor, silentCycles, remindAfter, acknowledgedFor, groupWait, toldWithin } =
    defaultPolicy;
  const rows = [
    ["looks again after", confirmAfter.map((ms) => `${ms / 1_000} s`).join(", ")],
    ["opens on", `${openAfter} bad looks over ${openSpan / 1_000} s with no good one between`],
    [
      "and, where several vantages have a vote, from",
      "two of them; where the others stay silent from one, a cycle later",
    ],
    [
      "or, as partial, when",
      `one vantage got ${openAfter} bad answers in a row and another ${openAfter} good ones meanwhile`,
    ],
    [
      "or, as intermittent, on",
      `${intermittentAfter} bad of one vantage's last ${window} answers, confirmations counted`,
    ],
    [
      "unreachable and temporarily-unavailable open after",
      `${silentFor / 60_000} minutes and ${silentCycles} cycles without a better answer, never beside a loss of TLS`,
    ],
    [
      "recovers on",
      `${recoverAfter} good looks in ${recoverCycles} cycles from each vantage that saw it and has a vote, over ${cleanFor / 60_000} clean minutes`,
    ],
    ["after intermittent, on", `n clean answers with (1 − rate)ⁿ ≤ 10⁻⁴, at least ${window} (69 for 3 in 24)`],
    [
      "a vantage is doubted, and has no vote, when",
      `more than half of its canaries fail, or ${largeShare * 100} % of what was well get worse in one cycle: at least ${fewestTargets} targets in at least ${fewestNetworks} unrelated networks`,
    ],
    [
      "and blind when",
      `the canaries fail again at once; without any, when half of those asked again after ${askedAfter.worse / 1_000} s are bad still, and half of those that were well elsewhere`,
    ],
    [
      "an opening waits for others of its cause",
      `${groupWait / 1_000} s, at most until ${toldWithin / 1_000} s after its first bad answer`,
    ],
    [
      "what they share is told instead of them when",
      `${fewestChildren} of one class that have a certificate, an address, MX hosts, a provider or a vantage in common suffer, and at least ${shareOfChildren * 100} % of all that share it; until fewer than ${fewestChildren} do`,
    ],
    ["flaps", `on the ${flapsPerHour}rd opening within an hour: one message, then quiet until an hour was clean`],
    [
      "reminds after",
      `${remindAfter / 3_600_000} hours, then twice as long each time, unless somebody acknowledged it`,
    ],
    ["an acknowledgement lapses", `after ${acknowledgedFor / 86_400_000} days, and when it gets worse`],
  ];
  return ["| it | |", "| --- | --- |", ...rows.map(([it, when]) => `| ${it} | ${when} |`)];
}

function detection(clean: Delays, plain: Delays): readonly string[] {
  const minutes = (ms: number) => (ms / 60_000).toFixed(1);
  const hours = (ms: number) => (ms / 3_600_000).toFixed(1);
  return [
    "Played at probes every 5 minutes, from the beginning of the loss until the message is out, with the delays of queues:",
    "",
    "| loss | runs | mean | median | 99 of 100 within | promised |",
    "| --- | --- | --- | --- | --- | --- |",
    `| of a server | ${clean.runs} | ${minutes(clean.mean)} min | ${minutes(clean.median)} min | ${minutes(clean.p99)} min | 99 of 100 within 90 s and one interval |`,
    `| of one backend among eight | ${plain.runs} | ${hours(plain.mean)} h | ${hours(plain.median)} h | ${hours(plain.p99)} h | two hours on average |`,
  ];
}

/** As people say it, seen from one vantage; two events of one kind are one word. */
const words: Readonly<Partial<Record<ExploredEvent, string>>> = {
  "bad, a confirmation": "bad",
  "bad, next cycle": "bad",
  "bad and worse, next cycle": "worse",
  "good, a confirmation": "good",
  "good, next cycle": "good",
  "silence, next cycle": "silence",
  "bad, but late": "late",
  "the last look again": "again",
  "tick, when due": "the clock",
  acknowledged: "acknowledged",
  gone: "gone",
};

function diagramOf(transitions: readonly Transition[]): readonly string[] {
  const edges = new Map<string, Set<string>>();
  for (const { from, event, to, tells } of transitions) {
    if (from === to && tells.length === 0) continue;
    const key = `${from} --> ${to}`;
    const word = words[event] ?? event;
    const label = tells.length === 0 ? word : `${word}, tells ${tells.join(" and ")}`;
    edges.set(key, (edges.get(key) ?? new Set()).add(label));
  }
  const lines = [...edges].map(([edge, labels]) => `    ${edge}: ${[...labels].sort().join(" · ")}`).sort();
  return ["```mermaid", "stateDiagram-v2", "    [*] --> clear", ...lines, "```"];
}

function tableOf(transitions: readonly Transition[], events: readonly ExploredEvent[] = fromHere): readonly string[] {
  const cell = (from: CauseState, event: ExploredEvent): string => {
    const all = transitions.filter((each) => each.from === from && each.event === event).map(outcomeOf);
    return [...new Set(all)].sort().join("<br>") || "·";
  };
  return [
    `| event | ${states.join(" | ")} |`,
    `| --- |${states.map(() => " --- |").join("")}`,
    ...events.map((event) => `| ${event} | ${states.map((from) => cell(from, event)).join(" | ")} |`),
  ];
}

function outcomeOf({ from, to, tells, asks }: Transition): string {
  const parts = [
    from === to ? (tells.length > 0 || asks ? "stays" : "–") : `→ **${to}**`,
    ...(asks ? ["looks again"] : []),
    ...(tells.length > 0 ? [`tells *${tells.join(" and ")}*`] : []),
  ];
  return parts.join(", ");
}
