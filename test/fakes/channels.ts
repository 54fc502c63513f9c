/** Channels that remember what they delivered, and fail as told. */

import type { AlertLog, Channel, Delivery, Letter } from "../../lib/model/ports.ts";

export interface FakeChannel extends Channel {
  readonly letters: Letter[];
  /** What the next deliveries answer; `sent` when there is none left. */
  readonly answers: Delivery[];
  /** How often somebody tried. */
  readonly tries: () => number;
}

export function fakeChannel(name: string, answers: Delivery[] = []): FakeChannel {
  const letters: Letter[] = [];
  let tries = 0;
  return {
    name,
    unpaced: true,
    letters,
    answers,
    tries: () => tries,
    async deliver(letter) {
      tries++;
      const answer = answers.shift() ?? { kind: "sent" };
      if (answer.kind === "sent") letters.push(letter);
      return answer;
    },
  };
}

/** One that people read: it has a bucket. */
export function pacedChannel(name: string, answers: Delivery[] = []): FakeChannel {
  const { unpaced: _, ...paced } = fakeChannel(name, answers);
  return paced;
}

export function fakeLog(): AlertLog & { readonly lines: Readonly<Record<string, unknown>>[] } {
  const lines: Readonly<Record<string, unknown>>[] = [];
  return {
    lines,
    async append(event) {
      lines.push(event);
      return { kind: "sent" };
    },
  };
}
