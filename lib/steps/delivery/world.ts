/** What telling needs of the outside, and what it says of itself. */

import type { JudgedWith } from "../../model/breaker.ts";
import type { Contact } from "../../model/customer.ts";
import type { Alert } from "../../model/incident.ts";
import type { IncidentPolicy } from "../../model/policy.ts";
import type { AlertLog, Channel, Clock } from "../../model/ports.ts";
import type { Store } from "../../store/store.ts";
import type { DelayedJob } from "../tasks.ts";

/** Told when nobody acknowledged an incident within `after` ms. */
export interface SecondChannel {
  readonly after: number;
  readonly channel: Channel;
  /** How an alert is worded for it, where that differs. */
  readonly words?: ((alert: Alert) => Alert) | undefined;
}

export interface NotifyWorld {
  readonly store: Store;
  readonly now: Clock;
  /** How openings of one cause are told as one; left out where nothing is judged. */
  readonly grouping?: { readonly policy: IncidentPolicy; readonly everyMs: number };
  /** What it is judged with; left out where nothing is judged. */
  readonly judgedWith?: JudgedWith;
  /** Customers' own contacts are told of trouble that others share too. */
  readonly tellsShared?: boolean;
  /** Told of everything. */
  readonly operators: readonly Channel[];
  /** Told of what nobody acknowledged in time, and of its end. */
  readonly secondOperators?: readonly SecondChannel[];
  /** How one contact of a customer, of this id, is reached; none where this installation can't. */
  readonly contactChannels: (contact: Contact, customer: string) => readonly Channel[];
  readonly alertLog: AlertLog | null;
  /** Where people reach the pages, without a trailing slash; null where they can't. */
  readonly baseUrl: string | null;
}

export interface Told {
  readonly id: string;
  readonly subject: string;
  readonly to: string;
  /** Of the looks behind it; of a digest those of its first messages. */
  readonly traces: readonly string[];
}

export interface NotifyReport {
  readonly sent: readonly Told[];
  readonly later: readonly (Told & { readonly why: string })[];
  /** Will never arrive: kept with the alert in the ledger too. */
  readonly dead: readonly (Told & { readonly why: string })[];
  /** Messages that reached nobody at all: whoever reads the log is the only one to know. */
  readonly unheard: readonly string[];
  /** Looks that have to bear out a message before it leaves. */
  readonly jobs: readonly DelayedJob[];
}
