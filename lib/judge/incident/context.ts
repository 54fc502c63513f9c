/** What a cause shows: the findings of its form, and what each vantage saw, side by side. */

import type { Beside, Cause, CauseContext, CauseForm, Vote } from "../../model/incident.ts";
import { areWithheld } from "../enforced.ts";
import { finding } from "../findings.ts";
import type { VoteEvent } from "./event.ts";
import { watchersOf } from "./vantages.ts";
import { of, rateOf, suffering, vantagesOf, wordOf } from "./window.ts";

/** Of further vantages; a message shows no more. */
const mostBeside = 3;
const formCodes: readonly string[] = ["starttls.intermittent", "starttls.partial"];

/** The context after a look: that of the last bad one, and beside it what the other vantages got. */
export function seenSideBySide({ context }: Cause, event: VoteEvent): CauseContext {
  const { vote, context: seen } = event;
  const watchers = watchersOf(event);
  if (watchers.length === 1) return vote.answer === "bad" ? seen : context;
  const main = context.slot?.vantage ?? vote.vantage;
  const isShown = context.beside.some(({ vantage }) => vantage === main);
  const shown: readonly Beside[] = isShown
    ? context.beside
    : [{ vantage: main, answer: "bad", lines: context.lines }, ...context.beside];
  const others = shown.filter(({ vantage }) => vantage !== vote.vantage && watchers.includes(vantage));
  if (vote.answer === "bad") return { ...seen, beside: others.slice(0, mostBeside) };
  // What was bad stays in front; its own vantage may be well by now, and stands beside it.
  const now: Beside = { vantage: vote.vantage, answer: "good", lines: seen.lines };
  const beside = [now, ...others.filter(({ vantage }) => vantage !== main || isShown)];
  return { ...context, beside: beside.slice(0, mostBeside) };
}

/** The context with the finding that says how the cause shows. */
export function inForm(context: CauseContext, form: CauseForm, { class: cls, votes }: Cause): CauseContext {
  const plain = context.findings.filter(({ code }) => !formCodes.includes(code));
  if (cls !== "cleartext" || form === "steady") {
    return plain.length === context.findings.length ? context : { ...context, findings: plain };
  }
  const isQueued = areWithheld(plain);
  const found =
    form === "intermittent"
      ? finding("starttls.intermittent", [rateLine(votes)], share(isQueued, "a share of the mail"))
      : finding("starttls.partial", words(votes), share(isQueued, "mail that takes this path"));
  return { ...context, findings: [found, ...plain] };
}

function share(isQueued: boolean, what: string): { readonly consequence?: string } {
  return isQueued ? { consequence: `${what} queues and bounces` } : {};
}

function rateLine(votes: readonly Vote[]): string {
  const { bad, of: all } = rateOfSuffering(votes);
  return `${bad} of the last ${all} answers were without TLS`;
}

/** Of the answers of all vantages that got a bad one. */
export function rateOfSuffering(votes: readonly Vote[], from = suffering(votes)) {
  return rateOf(from.flatMap((vantage) => of(votes, vantage)));
}

function words(votes: readonly Vote[]): readonly string[] {
  return vantagesOf(votes)
    .toSorted()
    .map((vantage) => `from ${vantage}: ${wordOf(votes, vantage) === "bad" ? "in clear" : "encrypted"}`);
}
