/** SWEET32 (CVE-2016-2183): blocks of 64 bits, of which some repeat within one long session. */

import { suiteFlaw } from "./accepted.ts";

const smallBlocks = /^(3DES|DES|DES40|RC2|IDEA|28147|MAGMA)(_|$)/;

export const sweet32 = suiteFlaw("sweet32", ({ cipher }) => smallBlocks.test(cipher));
