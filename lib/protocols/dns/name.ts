/** Names as they are asked for and compared: A-labels, lower case, no trailing dot. */

import { domainToASCII } from "node:url";

const label = /^[a-z0-9_-]{1,63}$/;
/** No top-level domain is a number (RFC 3696 §2): such a text is an address or a slip. */
const numeric = /(^|\.)[0-9]+$/;
const nonAscii = /[^\0-\x7f]/;

/** RFC 1035 §2.3.4: 255 octets on the wire are 253 characters of text. */
const longest = 253;

/**
 * `name` as it is asked for (IDNA by the URL standard), or `undefined` when it can't be a host's or a domain's name:
 * a label that is empty, longer than 63 or with another character than letters, digits, `-` and `_`, or a number at the
 * end, as in an address.
 */
export function asciiName(name: string): string | undefined {
  const bare = name.endsWith(".") ? name.slice(0, -1) : name;
  // domainToASCII also reads numbers as addresses, so it gets only what needs it.
  const ascii = nonAscii.test(bare) ? domainToASCII(bare) : bare.toLowerCase();
  if (ascii.length > longest || numeric.test(ascii)) return undefined;
  return ascii.split(".").every((part) => label.test(part)) ? ascii : undefined;
}
