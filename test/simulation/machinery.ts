/** The code under test, as the simulation calls it. A defect wraps some of it. */

import { defaultPolicy, type IncidentPolicy } from "../../lib/model/policy.ts";
import { acknowledge } from "../../lib/status/acknowledge.ts";
import { keepCircles } from "../../lib/steps/circle-keep.ts";
import { keepHold, releaseHold } from "../../lib/steps/decide.ts";
import { judge } from "../../lib/steps/judge.ts";
import { judgeGone } from "../../lib/steps/judge-gone.ts";
import { notify } from "../../lib/steps/notify.ts";
import { plan } from "../../lib/steps/plan.ts";
import { releaseLeases } from "../../lib/steps/release.ts";
import { tick } from "../../lib/steps/tick.ts";
import type { Store } from "../../lib/store/store.ts";

export interface Machinery {
  readonly policy: IncidentPolicy;
  readonly plan: typeof plan;
  readonly judge: typeof judge;
  readonly judgeGone: typeof judgeGone;
  readonly keepCircles: typeof keepCircles;
  readonly tick: typeof tick;
  readonly notify: typeof notify;
  readonly releaseLeases: typeof releaseLeases;
  readonly acknowledge: typeof acknowledge;
  readonly keepHold: typeof keepHold;
  readonly releaseHold: typeof releaseHold;
  /** Between the steps and the store, which keeps its promises. */
  readonly through: (store: Store) => Store;
}

export const asBuilt: Machinery = {
  policy: defaultPolicy,
  plan,
  judge,
  judgeGone,
  keepCircles,
  tick,
  notify,
  releaseLeases,
  acknowledge,
  keepHold,
  releaseHold,
  through: (store) => store,
};
