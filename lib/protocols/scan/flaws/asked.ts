/** All flaws that take connections of their own to see: who adds one writes a file and a line here. */

import { clientRenegotiation } from "./client-renegotiation.ts";
import { commandInjection } from "./command-injection.ts";
import { earlyCcs } from "./early-ccs.ts";
import type { AskedFlaw } from "./flaw.ts";
import { heartbleed } from "./heartbleed.ts";
import { mailInClear } from "./mail-in-clear.ts";
import { needsServerName } from "./needs-server-name.ts";
import { resumption } from "./resumption.ts";
import { resumptionTls13 } from "./resumption-tls13.ts";
import { robot } from "./robot.ts";
import { ticketbleed } from "./ticketbleed.ts";

export const askedFlaws: readonly AskedFlaw[] = [
  commandInjection,
  needsServerName,
  resumption,
  resumptionTls13,
  mailInClear,
  heartbleed,
  earlyCcs,
  robot,
  ticketbleed,
  clientRenegotiation,
];
