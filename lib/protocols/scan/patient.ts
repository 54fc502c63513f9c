/** Tells a refusal from being slowed down or shut out: what no hello was sent to, or nobody answered, says nothing of TLS. */

import type { Answer, Question, Unasked } from "./question.ts";
import { saysTooMuch } from "./too-much.ts";

export type Ask = (question: Question) => Promise<Answer>;

export interface Patience {
  /** Waits before trying again, ms, one after the other. */
  readonly waits: readonly number[];
  readonly sleep: (ms: number) => Promise<void>;
  /** Told how, once we are refused, slowed down or shut out for good. */
  readonly throttled?: (how: string) => void;
}

/** `look` again after each wait, as long as nobody lets us in. */
export async function insisted<T extends object>(
  look: () => Promise<T | Unasked>,
  { waits, sleep }: Pick<Patience, "waits" | "sleep">,
): Promise<T | Unasked> {
  let found = await look();
  for (const wait of waits) {
    if (!("kind" in found) || found.kind !== "unasked") break;
    await sleep(wait);
    found = await look();
  }
  return found;
}

/** Where one machine of several is without STARTTLS, so many times another may answer. */
const mostElsewhere = 8;

/**
 * `ask` with patience. An unasked question is asked again after each wait; when that doesn't help, all that follow are
 * unasked as well. Silence is asked about once more, and then a question that was answered before is repeated: only who
 * still answers that refuses by silence.
 */
export function patient(ask: Ask, { waits, sleep, throttled = () => {} }: Patience): Ask {
  let shut: Extract<Answer, { kind: "unasked" }> | null = null;
  let known: Question | null = null;

  async function insist(question: Question): Promise<Answer> {
    if (shut !== null) return shut;
    let answer = await ask(question);
    for (let tries = 1; answer.kind === "unasked" && answer.elsewhere && tries < mostElsewhere; tries++) {
      answer = await ask(question);
    }
    // Who never let us in isn't slowing us down.
    for (const wait of known === null ? waits.slice(0, 1) : waits) {
      if (answer.kind !== "unasked") break;
      await sleep(wait);
      answer = await ask(question);
    }
    if (answer.kind === "unasked") {
      shut = answer;
      // It had answered before, or says itself that it is too much.
      if (known !== null || saysTooMuch(answer.how)) throttled(answer.how);
    }
    if (answer.kind === "chosen") known ??= question;
    return answer;
  }

  return async (question) => {
    const answer = await insist(question);
    if (answer.kind !== "silent") return answer;
    const again = await insist(question);
    if (again.kind !== "silent" || known === null) return again;
    const alive = await insist(known);
    if (alive.kind === "chosen") return { kind: "refused", how: again.how };
    shut ??= { kind: "unasked", how: `no answer any more (${again.how})` };
    throttled(shut.how);
    return shut;
  };
}
