/** A further region to look from. It has no tables: what it saw goes to the home region, which alone writes. */

import { Duration, Stack } from "aws-cdk-lib";
import { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { jobsQueueName, resultsQueueName } from "../world/queue-names.ts";
import type { StackSettings } from "./context.ts";
import { Operators } from "./operators.ts";
import { Vantage } from "./vantage.ts";
import { Watch } from "./watch.ts";

export interface VantageStackProps {
  readonly settings: StackSettings;
  /** Its name is the vantage's. */
  readonly region: string;
  readonly homeRegion: string;
}

export class VantageStack extends Stack {
  constructor(scope: Construct, { settings, region, homeRegion }: VantageStackProps) {
    super(scope, `${settings.stackName}-${region}`, {
      description: `Chainmail: a vantage of '${settings.stackName}', whose home is ${homeRegion}`,
      env: { region },
    });
    const arn = queueArn(this, homeRegion, resultsQueueName(settings.stackName));
    const vantage = new Vantage(this, "Vantage", {
      name: region,
      results: Queue.fromQueueArn(this, "Results", arn),
      isHome: false,
      queueName: jobsQueueName(settings.stackName),
      settings,
    });
    // An alarm reaches topics of its own region only. Of phones and second contacts the home region knows.
    const told = { alertEmail: settings.alertEmail, alertSms: [], escalateEmail: [], escalateSms: [] };
    const operators = new Operators(this, "Operators", told, null);
    new Watch(this, "Watch", {
      operators,
      stack: settings.stackName,
      every: Duration.millis(settings.everyMs),
      heartbeats: null,
      queues: { jobs: vantage.jobs },
      deadLetters: { jobs: vantage.jobs.deadLetters },
    });
  }
}

/** Of a queue that another region's stack makes: found by its name, so that no stack waits for another. */
export function queueArn(stack: Stack, region: string, name: string): string {
  return stack.formatArn({ service: "sqs", region, resource: name });
}
