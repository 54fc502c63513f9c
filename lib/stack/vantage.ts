/** A place to look from: takes its jobs from its own queue, sends what it saw to the results queue, and has no rights on any table. */

import { Construct } from "constructs";
import type { StackSettings } from "./context.ts";
import { minutes, Step } from "./step.ts";
import { WorkQueue } from "./work-queue.ts";

export interface VantageProps {
  /** The name that customers and jobs call it by. */
  readonly name: string;
  readonly results: WorkQueue;
  readonly settings: StackSettings;
}

export class Vantage extends Construct {
  readonly name: string;
  readonly jobs: WorkQueue;

  constructor(scope: Construct, id: string, { name, results, settings }: VantageProps) {
    super(scope, id);
    this.name = name;
    const probe = new Step(this, "Probe", {
      handler: "probe",
      description: "Looks at the mail servers of one job and records what they said",
      timeout: minutes(5),
      memory: 512,
      environment: {
        vantage: name,
        resultsQueue: results.queue.queueUrl,
        ...(settings.ehlo === null ? {} : { ehlo: settings.ehlo }),
      },
    });
    this.jobs = new WorkQueue(this, "Jobs", {
      consumer: probe,
      batchSize: 4,
      maxConcurrency: 4,
      tries: 3,
      oldest: minutes(30),
    });
    results.queue.grantSendMessages(probe.function);
  }
}
