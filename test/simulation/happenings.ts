/** What can happen in a history. */

import type { Mode } from "./evidence.ts";

export const second = 1_000;
export const minute = 60 * second;
export const every = 5 * minute;

/** How results come to the judge from now on, as often as `times`. */
export type Disturbance = "late" | "twice" | "much-later" | "lost";
/** What a channel does with its next messages. */
export type Trouble = "throttles" | "hangs" | "loses-reply" | "never-answers";

export type Happening =
  | { readonly kind: "mode"; readonly target: number; readonly mode: Mode }
  /** On the way from one vantage it looks so from now on, whatever the server does; mode null: as the server is. */
  | { readonly kind: "path"; readonly target: number; readonly vantage: number; readonly mode: Mode | null }
  /** A vantage sees nothing at all from now on, and has no vote: or it sees again. */
  | { readonly kind: "blind"; readonly vantage: number; readonly isBlind: boolean }
  /** Every `of`th connection is in clear from now on. */
  | { readonly kind: "flaky"; readonly target: number; readonly of: number }
  | { readonly kind: "disturbed"; readonly how: Disturbance; readonly times: number }
  /** Channel null: each of them. */
  | { readonly kind: "trouble"; readonly channel: number | null; readonly how: Trouble; readonly times: number }
  | { readonly kind: "refuses"; readonly channel: number; readonly target: number }
  | { readonly kind: "acknowledge"; readonly target: number }
  | { readonly kind: "drop"; readonly target: number }
  | { readonly kind: "return"; readonly target: number }
  /** All of these at once. */
  | { readonly kind: "together"; readonly targets: readonly number[]; readonly mode: Mode }
  /** The operator's word to what the breaker holds: it is looked into, or true. */
  | { readonly kind: "decide"; readonly keeps: boolean }
  /** Another build judges from now on. */
  | { readonly kind: "upgrade" }
  /** A customer stands behind one more target that others share, or behind one less. */
  | { readonly kind: "stands"; readonly customer: number; readonly target: number; readonly isBehind: boolean }
  /** One of its mailboxes is a contact of it from now on, or is none any more. */
  | { readonly kind: "contact"; readonly customer: number; readonly mailbox: number; readonly isOne: boolean }
  | {
      readonly kind: "contact-trouble";
      readonly customer: number;
      readonly mailbox: number;
      readonly how: Trouble;
      readonly times: number;
    }
  | { readonly kind: "crash"; readonly inAwaits: number; readonly after: boolean }
  | { readonly kind: "outage"; readonly inAwaits: number; readonly after: boolean };
