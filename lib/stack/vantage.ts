/** A place to look from: takes its jobs from its own queue, sends what it saw to the results queue, and has no rights on any table. */

import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { probeNodeOptions } from "../world/environment.ts";
import type { StackSettings } from "./context.ts";
import { Network } from "./network.ts";
import { tellOfPort25 } from "./port25.ts";
import { minutes, Step } from "./step.ts";
import { letSend, WorkQueue } from "./work-queue.ts";

export interface VantageProps {
  /** The name that customers and jobs call it by. */
  readonly name: string;
  /** In the home region. */
  readonly results: IQueue;
  /** Whether results stay in this region. */
  readonly isHome: boolean;
  /** Of the queue of jobs, where those who send have to find it from another region. */
  readonly queueName?: string;
  readonly settings: StackSettings;
}

export class Vantage extends Construct {
  readonly name: string;
  readonly jobs: WorkQueue;
  readonly probe: Step;

  constructor(scope: Construct, id: string, { name, results, isHome, queueName, settings }: VantageProps) {
    super(scope, id);
    this.name = name;
    const { egress, zones, ipv6 } = settings;
    const network =
      egress === "none"
        ? null
        : new Network(this, "Network", { egress, zones, ipv6, sqsEndpoint: settings.sqsEndpoint && isHome });
    const isOpen = settings.port25.includes(name);
    const ehlo = settings.ehlo ?? network?.literal ?? null;
    this.probe = new Step(this, "Probe", {
      handler: "probe",
      description: "Looks at the mail servers of one job and records what they said",
      timeout: minutes(5),
      memory: 512,
      environment: {
        vantage: name,
        resultsQueue: results.queueUrl,
        ...(ehlo !== null && { ehlo }),
        ...(!isOpen && { closedPorts: "25" }),
      },
      upkeep: settings,
      place: network?.place ?? null,
    });
    this.probe.function.addEnvironment("NODE_OPTIONS", probeNodeOptions);
    this.jobs = new WorkQueue(this, "Jobs", {
      consumer: this.probe,
      batchSize: 4,
      maxConcurrency: 4,
      tries: 3,
      oldest: minutes(30),
      ...(queueName !== undefined && { name: queueName }),
    });
    letSend(this.probe, results);
    tellOfPort25(this, network, { ...settings, vantage: name, isOpen });
  }
}
