/** The whole of it: the home region's stack, and one for each further vantage. */

import type { App } from "aws-cdk-lib";
import { ChainmailStack } from "./chainmail-stack.ts";
import type { StackSettings } from "./context.ts";
import { VantageStack } from "./vantage-stack.ts";

export interface ChainmailApp {
  readonly home: ChainmailStack;
  readonly vantages: readonly VantageStack[];
}

export function chainmailApp(app: App, settings: StackSettings): ChainmailApp {
  const home = new ChainmailStack(app, settings);
  const homeRegion = settings.region ?? home.region;
  const vantages = settings.vantages.map((region) => new VantageStack(app, { settings, region, homeRegion }));
  return { home, vantages };
}
