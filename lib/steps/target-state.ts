/** What is kept of a target, after one more look at it. Pure. */

import { isAnswer, markOf } from "../judge/answer.ts";
import { fingerprint } from "../judge/fingerprint.ts";
import type { ScanResult } from "../model/deep-scan.ts";
import type { Observation } from "../model/observation.ts";
import type { TargetLook } from "../model/status.ts";
import { targetKey } from "../model/target.ts";
import type { NameState, TargetState } from "../store/store.ts";

interface Place {
  readonly slice: number;
  readonly slot: number;
}

/** An answer becomes the facts, and ends the silence; silence stands beside the facts and changes none of them. */
export function afterLook(before: TargetState | undefined, seen: Observation, place: Place): TargetState {
  const { facts = null, factsSince = null, silence = null } = before ?? {};
  const base = { ...place, key: targetKey(seen.target), vantage: seen.vantage };
  const everEncrypted = (before?.everEncrypted ?? false) || markOf(seen.outcome) === "tls";
  if (!isAnswer(seen.outcome)) {
    const since = silence?.since ?? seen.at;
    return { ...base, facts, factsSince, silence: { observation: seen, since }, everEncrypted };
  }
  const unchanged = facts !== null && fingerprint(facts) === fingerprint(seen);
  const since = unchanged ? (factsSince ?? seen.at) : seen.at;
  return { ...base, facts: withChain(seen, facts), factsSince: since, silence: null, everEncrypted };
}

/** The chain as sent isn't read each time: under the same leaf the one read before still holds. */
function withChain(seen: Observation, before: Observation | null): Observation {
  const { outcome } = seen;
  const known = before?.outcome.kind === "encrypted" ? before.outcome.certificate : null;
  if (outcome.kind !== "encrypted" || outcome.certificate === null || outcome.certificate.chain !== null) return seen;
  if (known === null || known.leaf.sha256 !== outcome.certificate.leaf.sha256) return seen;
  return { ...seen, outcome: { ...outcome, certificate: { ...outcome.certificate, chain: known.chain } } };
}

/** The last look, answered or not; null before the first. */
export function presentOf({ facts, silence }: TargetState): Observation | null {
  return silence?.observation ?? facts;
}

/** As the judge takes it. `at` is the time of the last answer, epoch ms. */
export function lookAt(
  state: TargetState,
  names: readonly NameState[],
  at: number,
  scan: ScanResult | undefined = undefined,
): TargetLook {
  const answered = state.silence === null ? at : (state.facts?.at ?? null);
  return {
    facts: state.facts,
    factsSince: state.factsSince,
    silence: state.silence?.observation ?? null,
    lastSeen: answered,
    everEncrypted: state.everEncrypted,
    names: new Map(names.map(({ name, certificate }) => [name, certificate])),
    ...(scan !== undefined && { scan }),
  };
}

/** SHA-256 of the certificate that the target shows under its first name; null where it shows none. */
export function leafOf(state: TargetState | undefined): string | null {
  const outcome = state?.facts?.outcome;
  return outcome?.kind === "encrypted" ? (outcome.certificate?.leaf.sha256 ?? null) : null;
}
