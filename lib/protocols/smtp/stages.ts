/** How long each stage may take, ms. */
export interface StageLimits {
  readonly connect: number;
  readonly banner: number;
  /** Of one command in clear. */
  readonly command: number;
  /** Of one hello; there may be three, each on a connection of its own. */
  readonly handshake: number;
  readonly quit: number;
}

/**
 * Shares of the whole. At the usual 30 s: 20 s for the banner, since greet delays of 15 s are in use, 10 s for the
 * connect and for each command, 8 s for each hello, 3 s for the good-bye.
 */
export function stageLimits(timeoutMs: number): StageLimits {
  return {
    connect: timeoutMs / 3,
    banner: (timeoutMs * 2) / 3,
    command: timeoutMs / 3,
    handshake: (timeoutMs * 4) / 15,
    quit: timeoutMs / 10,
  };
}
