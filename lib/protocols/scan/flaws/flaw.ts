/** What a flaw is, and how it is looked for: each is a file of this folder, and a line in `seen.ts` or `asked.ts`. */

import type { Observation, ProtocolName } from "../../../model/observation.ts";
import type { FlawSeen, Scan } from "../../../model/scan.ts";
import type { Target, TargetKey } from "../../../model/target.ts";
import type { Hello } from "../../tls/hello.ts";
import type { Suite } from "../../tls/suites.ts";
import type { ClearTalk, Talk } from "../converse.ts";
import type { Early } from "../early.ts";
import type { Answer, Question, Unasked } from "../question.ts";

interface Named {
  /** Of the file, of `--skip NAME`, and of the finding `flaw.NAME`. */
  readonly name: string;
  /** The finding's code, where it is another. */
  readonly code?: string;
}

/** Told by what a scan saw anyway. */
export interface SeenFlaw extends Named {
  /** A suite that shows it where it is accepted: a graded scan asks for one. */
  readonly suite?: (suite: Suite, version: ProtocolName) => boolean;
  readonly look: (known: Known) => Found;
}

/** Takes connections of its own, at most two. */
export interface AskedFlaw extends Named {
  /** `by-hand`: on the command line, never in a schedule; `intrusive`: only where somebody asked for it. */
  readonly when: "always" | "by-hand" | "intrusive";
  readonly ask: (asking: Asking) => Promise<Found>;
}

interface Known {
  readonly scan: Scan;
  /** The light probe's; null where there is none at hand. */
  readonly observation: Observation | null;
  /** Of further places, whose keys may be the same. */
  readonly others: readonly Scan[];
  /** Places that speak SSLv2 with a key of this one, by whatever else they are known. */
  readonly sslv2Elsewhere: readonly TargetKey[];
}

export interface Asking {
  readonly target: Target;
  /** The whole of it; it may still be under way. */
  readonly scan: Promise<Scan>;
  readonly early: Early;
  /** Lower-case hex: SHA-256 of the leaves that the scan and the light probe were shown. */
  readonly leaves: Promise<ReadonlySet<string>>;
  /** Of the hello; null for none. */
  readonly serverName: string | null;
  readonly ehloName: string;
  /** A hello of our own, and the answer to it. */
  ask(question: Question, serverName?: string | null, more?: Partial<Hello>): Promise<Answer>;
  /** A connection on which TLS may begin. */
  converse<T>(talk: Talk<T>): Promise<T | Unasked>;
  /** A connection in clear, behind the answer to EHLO. With implicit TLS there is none. */
  inClear<T>(talk: ClearTalk<T>): Promise<T | Unasked>;
}

export type Found = Pick<FlawSeen, "result" | "detail">;

export const flawed = (...detail: readonly string[]): Found => ({ result: "flawed", detail });
export const sound = (...detail: readonly string[]): Found => ({ result: "sound", detail });
export const unknown = (...detail: readonly string[]): Found => ({ result: "unknown", detail });

export function codeOf({ name, code }: Named): string {
  return code ?? `flaw.${name}`;
}
