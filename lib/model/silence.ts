/** When people don't want to be told: silences, made when something happens, and maintenance windows, planned before. */

import type { IncidentClass } from "./incident.ts";

/** What of the incidents is meant; at least one is given, and all that are given must fit. */
export interface Coverage {
  /** Incidents of this customer's own servers: what others suffer too is none of its silence. */
  readonly customer: string | null;
  /** A host name, an address, a target key like `192.0.2.1:25`, or the subject of an incident. Lower case. */
  readonly host: string | null;
  readonly class: IncidentClass | null;
}

export interface Silence {
  /** `S-` and six hex digits. */
  readonly id: string;
  readonly covers: Coverage;
  readonly reason: string;
  readonly by: string;
  /** Epoch ms. */
  readonly from: number;
  readonly until: number;
}

export const longestSilenceMs = 90 * 86_400_000;

export type WindowTimes =
  /** Epoch ms. */
  | { readonly kind: "once"; readonly from: number; readonly until: number }
  /** Begins whenever `cron` (five fields) says so in `zone` (IANA), and lasts `lasts` ms. */
  | { readonly kind: "recurring"; readonly cron: string; readonly zone: string; readonly lasts: number };

export interface MaintenanceWindow {
  readonly id: string;
  readonly covers: Coverage;
  readonly reason: string;
  readonly times: WindowTimes;
}
