/**
 * Whom the stack tells: a topic for Chainmail's own messages and for the alarms that watch Chainmail; and one for phones,
 * which are told the other way round: at most once. Second contacts have topics of their own, since what they are told of
 * depends on who acknowledged what, which no filter policy knows.
 */

import { Annotations, Aws, CfnOutput, Stack } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription, SmsSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";
import type { StackSettings } from "./context.ts";
import type { Step } from "./step.ts";

const nobody =
  "nobody is subscribed to the alerts: deploy with -c alertEmail=ops@example.com, or subscribe to the topic yourself";

export type Told = Pick<StackSettings, "alertEmail" | "alertSms" | "escalateEmail" | "escalateSms">;

export class Operators extends Construct {
  readonly topic: Topic;
  /** Null: there are no phones. */
  readonly phones: Topic | null;
  /** Of second contacts; null: there are none. */
  readonly second: Topic | null;
  readonly secondPhones: Topic | null;

  private readonly key: IKey | null;

  /** @param key one of the account's own; null: what the topics hold isn't encrypted. */
  constructor(scope: Construct, id: string, told: Told, key: IKey | null) {
    super(scope, id);
    const { alertEmail, alertSms, escalateEmail, escalateSms } = told;
    this.key = key;
    this.topic = this.open("Topic");
    for (const address of alertEmail) this.topic.addSubscription(new EmailSubscription(address));
    this.phones = this.phonesOf("Phones", alertSms);
    this.second = escalateEmail.length === 0 ? null : this.open("Second");
    for (const address of escalateEmail) this.second?.addSubscription(new EmailSubscription(address));
    this.secondPhones = this.phonesOf("SecondPhones", escalateSms);
    const subscribed = [...alertEmail, ...alertSms].join(", ");
    if (subscribed === "") Annotations.of(this).addWarningV2("chainmail:nobody-is-told", nobody);
    const output = new CfnOutput(this, "Alerts", {
      value: this.topic.topicArn,
      description:
        subscribed === ""
          ? `Nobody is told yet: ${nobody}`
          : `Told: ${subscribed}. Next: within 2 days confirm the mail of each address, by npx chainmail subscription confirm LINK`,
    });
    output.overrideLogicalId("AlertsTopic");
  }

  /** Told of everything, CloudWatch's alarms included. */
  get first(): readonly Topic[] {
    return [this.topic, this.phones].filter((topic) => topic !== null);
  }

  get all(): readonly Topic[] {
    return [...this.first, this.second, this.secondPhones].filter((topic) => topic !== null);
  }

  letPublish(step: Step): void {
    const publish = { actions: ["sns:Publish"], resources: this.all.map(({ topicArn }) => topicArn) };
    step.function.addToRolePolicy(new PolicyStatement(publish));
    if (this.key === null) return;
    const encrypt = { actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [this.key.keyArn] };
    step.function.addToRolePolicy(new PolicyStatement(encrypt));
  }

  /** Who is subscribed, and who never confirmed. */
  letList(step: Step): void {
    const list = { actions: ["sns:ListSubscriptionsByTopic"], resources: this.all.map(({ topicArn }) => topicArn) };
    step.function.addToRolePolicy(new PolicyStatement(list));
  }

  /** Confirms by a pasted link, so that no link in a mail can end the subscription. */
  letConfirm(step: Step): void {
    const topics = [this.topic, this.second].filter((topic) => topic !== null);
    const confirm = { actions: ["sns:ConfirmSubscription"], resources: topics.map(({ topicArn }) => topicArn) };
    step.function.addToRolePolicy(new PolicyStatement(confirm));
  }

  private phonesOf(id: string, numbers: readonly string[]): Topic | null {
    const topic = numbers.length === 0 ? null : this.open(id);
    for (const number of numbers) topic?.addSubscription(new SmsSubscription(number));
    return topic;
  }

  /** Not encrypted with AWS's key for SNS: CloudWatch's alarms could not be published then. */
  private open(id: string): Topic {
    const encryption = this.key === null ? {} : { masterKey: this.key };
    const topic = new Topic(this, id, { displayName: "Chainmail", enforceSSL: true, ...encryption });
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
