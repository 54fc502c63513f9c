/**
 * Whom the stack tells: a topic for Chainmail's own messages and for the alarms that watch Chainmail; and one for phones,
 * which are told the other way round: at most once.
 */

import { Annotations, Aws, CfnOutput, Stack } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription, SmsSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";
import type { StackSettings } from "./context.ts";
import type { Step } from "./step.ts";

const nobody =
  "nobody is subscribed to the alerts: deploy with -c alertEmail=ops@example.com, or subscribe to the topic yourself";

export class Operators extends Construct {
  readonly topic: Topic;
  /** Null: there are no phones. */
  readonly phones: Topic | null;

  constructor(scope: Construct, id: string, { alertEmail, alertSms }: StackSettings) {
    super(scope, id);
    this.topic = this.open("Topic");
    for (const address of alertEmail) this.topic.addSubscription(new EmailSubscription(address));
    this.phones = alertSms.length === 0 ? null : this.open("Phones");
    for (const number of alertSms) this.phones?.addSubscription(new SmsSubscription(number));
    const subscribed = [...alertEmail, ...alertSms].join(", ");
    if (subscribed === "") Annotations.of(this).addWarningV2("chainmail:nobody-is-told", nobody);
    const output = new CfnOutput(this, "Alerts", {
      value: this.topic.topicArn,
      description:
        subscribed === "" ? `Nobody is told yet: ${nobody}` : `Told: ${subscribed} (mail is confirmed first)`,
    });
    output.overrideLogicalId("AlertsTopic");
  }

  get topics(): readonly Topic[] {
    return this.phones === null ? [this.topic] : [this.topic, this.phones];
  }

  /** Who is subscribed, and who never confirmed. */
  letList(step: Step): void {
    const list = { actions: ["sns:ListSubscriptionsByTopic"], resources: [this.topic.topicArn] };
    step.function.addToRolePolicy(new PolicyStatement(list));
  }

  /** Confirms by a pasted link, so that no link in a mail can end the subscription. */
  letConfirm(step: Step): void {
    const confirm = { actions: ["sns:ConfirmSubscription"], resources: [this.topic.topicArn] };
    step.function.addToRolePolicy(new PolicyStatement(confirm));
  }

  /** Not encrypted with AWS's key for SNS: CloudWatch's alarms could not be published then. */
  private open(id: string): Topic {
    const topic = new Topic(this, id, { displayName: "Chainmail", enforceSSL: true });
    // `enforceSSL` gives it a policy of its own, in which the alarms have to stand.
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
        actions: ["sns:Publish"],
        resources: [topic.topicArn],
        conditions: { StringEquals: { "aws:SourceAccount": Stack.of(this).account } },
      }),
    );
    return topic;
  }
}

/** A phone has no name that a right could be given on: what isn't a topic. */
export function letTextPhones(step: Step): void {
  step.function.addToRolePolicy(
    new PolicyStatement({ actions: ["sns:Publish"], notResources: [`arn:${Aws.PARTITION}:sns:*:*:*`] }),
  );
}
