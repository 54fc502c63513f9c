/** The incident machine's figures for the walk through all its states. */

import type { IncidentPolicy } from "../../lib/model/policy.ts";

export const second = 1_000;
export const minute = 60 * second;
export const every = 5 * minute;
const day = 86_400_000;

/** Small enough for every window of answers to be tried; the times are the product's. */
export const smallPolicy: IncidentPolicy = {
  confirmAfter: [20 * second, 40 * second, 60 * second],
  openAfter: 3,
  openSpan: 40 * second,
  intermittentAfter: 3,
  window: 4,
  recoverAfter: 2,
  recoverCycles: 2,
  cleanFor: 2 * every,
  flapsPerHour: 3,
  silentFor: 2 * every,
  silentCycles: 3,
  remindAfter: day,
  groupWait: 0,
  toldWithin: 75_000,
  acknowledgedFor: 7 * day,
};

/** Smaller still, for the answers of two vantages. */
export const tinyPolicy: IncidentPolicy = {
  ...smallPolicy,
  confirmAfter: [20 * second, 40 * second],
  openAfter: 2,
  openSpan: 20 * second,
  intermittentAfter: 2,
  window: 2,
  recoverAfter: 1,
  recoverCycles: 1,
  cleanFor: every,
  flapsPerHour: 2,
  silentCycles: 2,
};
