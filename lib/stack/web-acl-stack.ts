/**
 * The rules of the firewall, for whom has none of his own. CloudFront takes a web ACL of us-east-1 alone: so it is a stack
 * of its own there, wherever home is, and home reads its output when it is deployed. Home's region needn't be known for that.
 */

import { CfnOutput, Fn, Stack } from "aws-cdk-lib";
import { CfnWebACL } from "aws-cdk-lib/aws-wafv2";
import type { Construct } from "constructs";
import type { StackSettings } from "./context.ts";

const region = "us-east-1";
const output = "WebAclArn";
const stackNameOf = (home: string): string => `${home}-web-acl`;

/** ARN, resolved by CloudFormation while `home` is deployed: no function of CDK's own carries it between the regions. */
export const managedWebAcl = (home: string): string => Fn.getStackOutput(stackNameOf(home), output, region);

/** AWS's own rule groups without a price of their own, in the order in which they are asked. */
const managed = ["AmazonIpReputationList", "KnownBadInputsRuleSet", "CommonRuleSet"] as const;

export class WebAclStack extends Stack {
  constructor(scope: Construct, { stackName, apiRate }: Pick<StackSettings, "stackName" | "apiRate">) {
    super(scope, stackNameOf(stackName), {
      description: `Chainmail: the firewall's rules before the status of '${stackName}'`,
      env: { region },
    });
    const acl = new CfnWebACL(this, "WebAcl", {
      scope: "CLOUDFRONT",
      defaultAction: { allow: {} },
      // No samples of what is let through: the path of a link to unsubscribe is a right.
      visibilityConfig: seen(stackName, { samples: false }),
      dataProtectionConfig: { dataProtections: ["authorization", "cookie"].map(hidden) },
      rules: [perAddress(apiRate), ...managed.map((name, at) => ruleGroup(name, 1 + at))],
    });
    new CfnOutput(this, "Arn", {
      value: acl.attrArn,
      description: `The web ACL that ${stackName} stands behind; what it blocked is shown by WAF's console (Global)`,
    }).overrideLogicalId(output);
  }
}

/** One address alone gets a sixth of what the API takes, over WAF's window of five minutes. */
function perAddress(apiRate: number): CfnWebACL.RuleProperty {
  return {
    name: "PerAddress",
    priority: 0,
    action: { block: {} },
    statement: { rateBasedStatement: { aggregateKeyType: "IP", limit: (300 * apiRate) / 6 } },
    visibilityConfig: seen("PerAddress", { samples: true }),
  };
}

function ruleGroup(name: (typeof managed)[number], priority: number): CfnWebACL.RuleProperty {
  return {
    name,
    priority,
    // As AWS made them: most of them block.
    overrideAction: { none: {} },
    statement: { managedRuleGroupStatement: { vendorName: "AWS", name: `AWSManagedRules${name}` } },
    visibilityConfig: seen(name, { samples: true }),
  };
}

function seen(metricName: string, { samples }: { readonly samples: boolean }): CfnWebACL.VisibilityConfigProperty {
  return { cloudWatchMetricsEnabled: true, metricName, sampledRequestsEnabled: samples };
}

/** Tokens are in it: samples and logs don't show it. */
function hidden(header: string): CfnWebACL.DataProtectProperty {
  return { action: "SUBSTITUTION", field: { fieldType: "SINGLE_HEADER", fieldKeys: [header] } };
}
