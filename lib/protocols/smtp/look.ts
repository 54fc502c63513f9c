/** What a probe is asked to do, and what its parts share while it runs. */

import type { Clock } from "../../model/ports.ts";
import type { Target } from "../../model/target.ts";
import type { Deadline, Early } from "../deadline.ts";
import type { TlsKit } from "../tls/kit.ts";
import type { Journal } from "./journal.ts";
import type { Budget } from "./reply.ts";
import type { StageLimits } from "./stages.ts";

export interface LightProbe {
  readonly target: Target;
  /** The reference name: A-labels, lower case; null for a bare address. */
  readonly host: string | null;
  /** The server name to send in the hello; null for none. */
  readonly sni: string | null;
  readonly vantage: string;
  readonly allowPrivate: boolean;
  /** A domain, or an address literal (RFC 5321 §4.1.4). */
  readonly ehloName: string;
  /** For the whole probe, ms; each stage gets its share (`stageLimits`). */
  readonly timeoutMs: number;
  /** Read the certificates as they were sent, with order and duplicates: costs a little. */
  readonly readChain: boolean;
  /** Built once for a set of roots, and shared. */
  readonly tls: TlsKit;
  /** Ask for a sender and, unless null, a recipient as well; the recipient is masked in what is kept. Never in scheduled probes. */
  readonly envelope?: { readonly from: string; readonly to: string | null };
  /** Where STARTTLS isn't offered, ask for it all the same. Never in scheduled probes. */
  readonly unannounced?: boolean;
  /** Called, perhaps twice, when the connect or the banner takes longer than that. */
  readonly slowGreeting?: Early;
}

export interface ProbeClock {
  readonly now: Clock;
  /** Milliseconds that only go forward, e.g. `performance.now`. */
  readonly monotonic: () => number;
}

/** One probe under way. */
export interface Look {
  readonly request: LightProbe;
  readonly clock: ProbeClock;
  readonly journal: Journal;
  readonly budget: Budget;
  readonly deadline: Deadline;
  readonly limits: StageLimits;
}

/** What of it the dialogue goes by. */
export interface Talking {
  readonly request: Pick<LightProbe, "ehloName" | "slowGreeting">;
  readonly journal: Journal;
  readonly limits: StageLimits;
}
