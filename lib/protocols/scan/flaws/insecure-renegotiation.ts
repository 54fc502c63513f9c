/** No secure renegotiation (RFC 5746, CVE-2009-3555). */

import { byHabit } from "./accepted.ts";
import type { SeenFlaw } from "./flaw.ts";

export const insecureRenegotiation: SeenFlaw = {
  name: "insecure-renegotiation",
  look: ({ scan }) => byHabit(scan, "secureRenegotiation", false),
};
