/** What the steps did, in lines for a terminal or a journal. A steady cycle says nothing. */

import type { ProbeResults } from "../model/jobs.ts";
import type { Observation } from "../model/observation.ts";
import { visible } from "../protocols/printable.ts";
import { outcomeText } from "../status/json/facts.ts";
import type { StepListener } from "./compose.ts";

export function narrator(say: (step: string, line: string) => void): StepListener {
  /** By slice and slot: two looks that were under way at once see the same news. */
  const told = new Map<string, string>();

  /** What differs from the last look at the same target. */
  function newsOf({ slice, answers }: ProbeResults): readonly Observation[] {
    return answers.flatMap((answer) => {
      if (answer.kind !== "seen" || answer.identity) return [];
      const place = `${slice} ${answer.slot}`;
      const isNews = told.get(place) !== answer.fingerprint;
      told.set(place, answer.fingerprint);
      return isNews ? [answer.observation] : [];
    });
  }

  return {
    resolved({ domains, added, changed, gone }) {
      if (added > 0)
        say("resolve", `${counted(added, "new server")} to look at (${counted(domains, "domain")} in all)`);
      else if (changed > 0) say("resolve", `${counted(changed, "name")} changed in DNS`);
      if (gone.length > 0) say("resolve", `${counted(gone.length, "server")} no longer in use`);
    },
    planned() {},
    probed(results) {
      for (const observation of newsOf(results)) say("probe", sightOf(observation));
    },
    doubted(jobs) {
      const delays = jobs.map(({ delayMs }) => `${Math.round(delayMs / 1_000)} s`);
      say("judge", `suspected: looking again in ${delays.join(", ")}, before anybody is told`);
    },
    scanned({ target, first, words }) {
      if (first) say("scan", `${target}: scanned for the first time`);
      else if (words.length > 0) say("scan", `${target}: ${words.map(visible).join(", ")}`);
    },
    told({ sent, later, dead, unheard }) {
      for (const { id, subject, to } of sent) say("notify", `${subject} → ${to} (${id})`);
      for (const { id, to, why } of later) say("notify", `${id} → ${to}: not now, ${visible(why)}`);
      for (const { id, to, why } of dead) say("notify", `${id} → ${to}: never, ${visible(why)}`);
      for (const id of unheard) say("notify", `${id} reached nobody`);
    },
  };
}

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

function sightOf({ host, target, outcome }: Observation): string {
  const trust = outcome.kind === "encrypted" ? (outcome.certificate?.trust ?? "no certificate") : null;
  const certificate = trust === null ? "" : `, certificate ${trust}`;
  return `${host ?? target.address}:${target.port}: ${visible(outcomeText(outcome))}${certificate}`;
}
