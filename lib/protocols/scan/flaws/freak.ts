/** FREAK (CVE-2015-0204): RSA keys that were short by law, into which a session can be talked down. */

import { suiteFlaw } from "./accepted.ts";

export const freak = suiteFlaw("freak", ({ exportGrade, keyExchange }) => exportGrade && keyExchange === "rsa");
