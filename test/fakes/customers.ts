/** A customer of whom nothing is asked but what a test says. */

import { type Customer, defaultRequirement } from "../../lib/model/customer.ts";

export const customerOf = (id: string, over: Partial<Customer> = {}): Customer => ({
  id,
  created: null,
  gateway: null,
  domains: [],
  downstream: [],
  require: { gateway: defaultRequirement, downstream: defaultRequirement },
  vantage: { gateway: null, downstream: null },
  allowPrivate: false,
  contacts: [],
  ...over,
});
