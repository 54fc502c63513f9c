/** The state of every chain, as JSON and as a page, for whoever has a token. Reads the tables, and writes who acknowledged an incident and who unsubscribed. Confirms subscriptions to the topics. */

import { CfnOutput } from "aws-cdk-lib";
import { HttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { Construct } from "constructs";
import type { Operators } from "./operators.ts";
import { Step, seconds } from "./step.ts";
import type { Tables } from "./tables.ts";

export interface StatusProps {
  readonly tables: Tables;
  readonly everyMs: number;
  readonly operators: Operators;
}

export class Status extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, { tables, everyMs, operators }: StatusProps) {
    super(scope, id);
    const status = new Step(this, "Api", {
      handler: "status",
      description: "Answers how each customer's mail is, as JSON and as a page",
      timeout: seconds(15),
      memory: 512,
      environment: { stack: tables.prefix, every: String(everyMs), topic: operators.topic.topicArn },
    });
    // Written is only who acknowledged an incident, with its cause and in the record, and which contact unsubscribed.
    tables.grant(status, { config: ["read"], state: ["read", "put"], ledger: ["read", "put"] });
    operators.letConfirm(status);
    const api = new HttpApi(this, "Http", {
      description: "Chainmail's status",
      defaultIntegration: new HttpLambdaIntegration("Integration", status.function),
    });
    this.url = api.apiEndpoint;
    status.tell("statusUrl", this.url);
    if (operators.second !== null) status.tell("second", operators.second.topicArn);
    const url = new CfnOutput(this, "Url", {
      value: this.url,
      description: "Status pages and API; make a token first",
    });
    url.overrideLogicalId("StatusUrl");
  }
}
