/** What an operator looks at when a message says that something is wrong: alarms first, then the way of the data in its order. */

import { CfnOutput, Duration, Stack } from "aws-cdk-lib";
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  type IMetric,
  Stats,
} from "aws-cdk-lib/aws-cloudwatch";
import { Construct } from "constructs";
import type { Step } from "./step.ts";
import { ourMetric } from "./watch.ts";
import type { WorkQueue } from "./work-queue.ts";

export interface DashboardProps {
  readonly stack: string;
  /** Of a cycle. */
  readonly every: Duration;
  readonly alarms: readonly Alarm[];
  readonly steps: Readonly<Record<string, Step>>;
  readonly queues: Readonly<Record<string, WorkQueue>>;
}

const wholeWidth = 24;
const half = 12;

export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, { stack, every, alarms, steps, queues }: DashboardProps) {
    super(scope, id);
    const minute = Duration.minutes(1);
    const ours = (name: string, statistic: string, period: Duration) => ourMetric(stack, name, { statistic, period });
    const ofSteps = (metric: (step: Step, label: string) => IMetric) =>
      Object.entries(steps).map(([label, step]) => metric(step, label));
    const dashboard = new CloudWatchDashboard(this, "Board", {
      dashboardName: stack,
      defaultInterval: Duration.hours(12),
      widgets: [
        [
          new AlarmStatusWidget({
            title: "Who watches the watcher",
            alarms: [...alarms],
            width: wholeWidth,
            height: 5,
          }),
        ],
        [
          graph("Looks: planned, and made and judged", [
            ours("Planned", Stats.SUM, every),
            ours("Looked", Stats.SUM, every),
          ]),
          graph("Messages: the oldest that is owed (s), and tries that failed", [
            ours("OutboxAge", Stats.MAXIMUM, minute),
            ours("FailedPublishes", Stats.SUM, minute),
            ours("DeadMessages", Stats.SUM, minute),
          ]),
        ],
        [
          graph(
            "Queues: age of the oldest message (s)",
            Object.entries(queues).map(([label, { queue }]) =>
              queue.metricApproximateAgeOfOldestMessage({ label, period: minute, statistic: Stats.MAXIMUM }),
            ),
          ),
          graph(
            "Dead letters",
            Object.entries(queues).map(([label, { deadLetters }]) =>
              deadLetters.metricApproximateNumberOfMessagesVisible({ label, period: minute, statistic: Stats.MAXIMUM }),
            ),
          ),
        ],
        [
          graph(
            "Functions: errors",
            ofSteps((step, label) => step.function.metricErrors({ label, period: minute })),
          ),
          graph(
            "Functions: throttled, as when the account's limit is too low",
            ofSteps((step, label) => step.function.metricThrottles({ label, period: minute })),
          ),
        ],
        [
          graph(
            "Functions: the longest run (ms)",
            ofSteps((step, label) => step.function.metricDuration({ label, period: minute, statistic: Stats.MAXIMUM })),
          ),
          graph(
            "Functions: runs",
            ofSteps((step, label) => step.function.metricInvocations({ label, period: minute })),
          ),
        ],
      ],
    });
    const { region } = Stack.of(this);
    const output = new CfnOutput(this, "Url", {
      value: `https://console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboard.dashboardName}`,
      description: "Alarms and the way of the data: look here first",
    });
    output.overrideLogicalId("DashboardUrl");
  }
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: half, height: 6 });
}
