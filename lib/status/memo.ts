/** One answer for all who ask within a short time: a fleet is not judged anew for each reader. */

import type { Clock } from "../model/ports.ts";

/** `load`, asked at most once in `maxAgeMs`, and never twice at the same time. A failure is not kept. */
export function remembered<T>(load: () => Promise<T>, maxAgeMs: number, now: Clock): () => Promise<T> {
  let kept: { readonly at: number; readonly value: Promise<T> } | undefined;
  return () => {
    if (kept === undefined || now() - kept.at >= maxAgeMs) {
      const value = load();
      const mine = { at: now(), value };
      kept = mine;
      value.catch(() => {
        if (kept === mine) kept = undefined;
      });
    }
    return kept.value;
  };
}
