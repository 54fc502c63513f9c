/** The whole of it: the home region's stack, one for each further vantage, and one for the firewall's rules where they are ours. */

import type { App } from "aws-cdk-lib";
import { ChainmailStack } from "./chainmail-stack.ts";
import type { StackSettings } from "./context.ts";
import { VantageStack } from "./vantage-stack.ts";
import { WebAclStack } from "./web-acl-stack.ts";

export interface ChainmailApp {
  readonly home: ChainmailStack;
  readonly vantages: readonly VantageStack[];
  /** Null: there is no firewall, or its rules are the operator's own. */
  readonly webAcl: WebAclStack | null;
}

export function chainmailApp(app: App, settings: StackSettings): ChainmailApp {
  const home = new ChainmailStack(app, settings);
  const homeRegion = settings.region ?? home.region;
  const vantages = settings.vantages.map((region) => new VantageStack(app, { settings, region, homeRegion }));
  const webAcl = settings.webAcl?.kind === "managed" ? new WebAclStack(app, settings) : null;
  // Its output has to be there when home is deployed, and home to be gone before it goes.
  if (webAcl !== null) home.addStackDependency(webAcl);
  return { home, vantages, webAcl };
}
