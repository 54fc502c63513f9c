/** What AWS asks, in USD: the one place of prices. Change a price here together with the date. */

/**
 * List prices of us-east-1 without free tiers, discounts and taxes, as known in the middle of 2025. Those of NAT gateways and public addresses were compared
 * with public pages of February 2026; AWS's own price list was not at hand. Other regions ask up to a third more.
 */
export const prices = {
  region: "us-east-1",
  asOf: "2025-06",
  lambda: { gbSecond: 0.0000133334, request: 0.2e-6 },
  /** A chunk of 64 kB of a call. */
  sqs: { request: 0.4e-6 },
  dynamodb: { readUnit: 0.125e-6, writeUnit: 0.625e-6, gbMonth: 0.25, backupGbMonth: 0.2 },
  scheduler: { run: 1e-6 },
  httpApi: { request: 1e-6 },
  cloudwatch: { alarm: 0.1, metric: 0.3, dashboard: 3, logGb: 0.5, logGbMonth: 0.03 },
  nat: { hour: 0.045, gb: 0.045 },
  natInstance: { hour: 0.0042, diskGbMonth: 0.08 },
  publicAddress: { hour: 0.005 },
  endpoint: { hour: 0.01, gb: 0.01 },
  traffic: { outGb: 0.09, betweenRegionsGb: 0.02 },
  kms: { keyMonth: 1 },
  /** AWS's own rule groups cost what a rule costs. */
  waf: { aclMonth: 5, ruleMonth: 1, request: 0.6e-6 },
  /** Of HTTPS, from the USA and Europe. */
  cloudFront: { request: 1e-6 },
  secret: { month: 0.4 },
  xray: { trace: 5e-6 },
} as const;
