/** What decides whether an account's SMS arrive. */
export interface SmsAccount {
  /** Only numbers that were verified get any. */
  readonly sandbox: boolean;
  /** USD a month, above which nothing is sent and nobody is told; null: AWS's own, which is 1. */
  readonly spendLimit: number | null;
  /** What became of each message is logged. */
  readonly deliveryLogged: boolean;
}
