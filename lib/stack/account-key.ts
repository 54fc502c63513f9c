/** A key of the account's own for tables and topics: with AWS's own key for SNS, CloudWatch's alarms would be dropped in silence. */

import { RemovalPolicy, Stack } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import type { Construct } from "constructs";

export function accountKey(scope: Construct, id: string, keep: boolean): Key {
  const key = new Key(scope, id, {
    description: "Chainmail: tables and topics",
    enableKeyRotation: true,
    // Tables that are kept can't be read without it.
    removalPolicy: keep ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
      // As AWS documents it for services that publish: where too little is granted, alarms are dropped in silence.
      actions: ["kms:Decrypt", "kms:GenerateDataKey*"],
      // In a key's own policy that is this key: it has no other way to name itself.
      resources: ["*"],
      conditions: { StringEquals: { "aws:SourceAccount": Stack.of(scope).account } },
    }),
  );
  return key;
}
