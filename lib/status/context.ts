/** What the status app is made of, and what each request knows. */

import type { Context } from "hono";
import type { Clock } from "../model/ports.ts";
import type { Confirmed } from "../model/subscriptions.ts";
import type { Store } from "../store/store.ts";
import type { ConfirmationLink } from "../world/confirmation-link.ts";

export interface StatusContext {
  readonly store: Store;
  readonly now: Clock;
  /** Length of a cycle in ms: what is stale follows from it. */
  readonly everyMs: number;
  /** `open` only where nobody but the machine's own users can connect: the app then answers loopback names alone. */
  readonly auth: { readonly kind: "open" } | { readonly kind: "tokens" };
  /** Where people reach the app, e.g. `https://status.example`; null: wherever the request came to. */
  readonly baseUrl: string | null;
  readonly version: string;
  /** What a firewall before the app says with each request; left out where there is none. */
  readonly edgeSecret?: string;
  /** Who is told listens there; left out where the installation has none. */
  readonly topic?: StatusTopic;
}

export interface StatusTopic {
  /** Those whose subscriptions have to be confirmed: not those of phones. */
  readonly arns: readonly string[];
  /** Never rejects. */
  readonly confirm: (link: ConfirmationLink) => Promise<Confirmed>;
}

/** Who asks. A customer's token sees that customer and nothing else. */
export type Viewer = { readonly kind: "operator" } | { readonly kind: "customer"; readonly customer: string };

export interface StatusEnv {
  Variables: { viewer: Viewer };
}

export type StatusRequest = Context<StatusEnv>;

export function maySee(viewer: Viewer, customer: string): boolean {
  return viewer.kind === "operator" || viewer.customer === customer;
}
