/** Whom the stack tells: one topic, for Chainmail's own messages and for the alarms that watch Chainmail. */

import { Annotations, CfnOutput, Stack } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription, SmsSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";
import type { StackSettings } from "./context.ts";

const nobody =
  "nobody is subscribed to the alerts: deploy with -c alertEmail=ops@example.com, or subscribe to the topic yourself";

export class Operators extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { alertEmail, alertSms }: StackSettings) {
    super(scope, id);
    // Not encrypted with AWS's key for SNS: CloudWatch's alarms could not be published then.
    this.topic = new Topic(this, "Topic", { displayName: "Chainmail", enforceSSL: true });
    for (const address of alertEmail) this.topic.addSubscription(new EmailSubscription(address));
    for (const number of alertSms) this.topic.addSubscription(new SmsSubscription(number));
    this.admitAlarms();
    const subscribed = [...alertEmail, ...alertSms].join(", ");
    if (subscribed === "") Annotations.of(this).addWarningV2("chainmail:nobody-is-told", nobody);
    const output = new CfnOutput(this, "Alerts", {
      value: this.topic.topicArn,
      description:
        subscribed === "" ? `Nobody is told yet: ${nobody}` : `Told: ${subscribed} (mail is confirmed first)`,
    });
    output.overrideLogicalId("AlertsTopic");
  }

  /** `enforceSSL` gives the topic a policy of its own, in which the alarms have to stand. */
  private admitAlarms(): void {
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
        actions: ["sns:Publish"],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { "aws:SourceAccount": Stack.of(this).account } },
      }),
    );
  }
}
