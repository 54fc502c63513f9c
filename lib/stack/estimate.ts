/** What the stack of these settings costs in a month, for whoever synthesises it. */

import { bill, footnote } from "../cli/cost.ts";
import { targetsOf } from "../model/cost.ts";
import type { StackSettings } from "./context.ts";

export function estimate(settings: StackSettings): string {
  const { customers, alertSms, escalateEmail, escalateSms, vantages, webAcl, ...same } = settings;
  const further = [alertSms, escalateEmail, escalateSms].filter((list) => list.length > 0);
  const input = {
    ...same,
    customers,
    targets: targetsOf(customers),
    vantages: 1 + vantages.length,
    topics: 1 + further.length,
    webAcl: webAcl?.kind ?? ("none" as const),
  };
  return `Estimate (another fleet: -c customers=N, or npx chainmail cost):\n${bill(input)}${footnote}`;
}
