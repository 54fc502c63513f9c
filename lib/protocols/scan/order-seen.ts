/** Whose order counts, as far as the answers to questions show that were asked for other reasons. */

import type { Preference } from "../../model/scan.ts";

/** Of one version, with all groups. */
export interface Heard {
  /** Suites in the client's order. */
  readonly offered: readonly number[];
  readonly suite: number;
}

/**
 * The server's, where it passed over what it takes as well; the client's, where of the same two it chose now one, now the
 * other. Null: neither was seen, or both.
 */
export function orderSeen(heard: readonly Heard[]): Exclude<Preference, "chacha20"> | null {
  const accepted = new Set(heard.map(({ suite }) => suite));
  const isServers = heard.some(({ offered, suite }) => {
    return offered.slice(0, offered.indexOf(suite)).some((code) => accepted.has(code));
  });
  const isClients = heard.some((one) =>
    heard.some(({ offered, suite }) => {
      return suite !== one.suite && offered.includes(one.suite) && one.offered.includes(suite);
    }),
  );
  if (isServers === isClients) return null;
  return isServers ? "server" : "client";
}
