/** POODLE (CVE-2014-3566): SSLv3 doesn't protect what fills up a block. */

import { suiteFlaw } from "./accepted.ts";

export const poodle = suiteFlaw("poodle", ({ cipher }, version) => version === "SSLv3" && /_CBC/.test(cipher));
