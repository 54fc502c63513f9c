/** What costs money by the hour, by the month or by the piece, in each of the five contexts: a change of it is to be seen in a review. */

import { describe, expect, it } from "vitest";
import { type ContextName, contexts, type Resource, resourcesOf, synthesized } from "./synthesized.ts";

/** Types that cost nothing, or only when they are used. */
const free =
  /^AWS::(IAM|SNS|ApiGatewayV2|CDK)::|^AWS::Lambda::|^AWS::SQS::|^AWS::Scheduler::|^AWS::Logs::|^AWS::DynamoDB::|^AWS::EC2::(VPC|VPCCidrBlock|Subnet|RouteTable|Route|SubnetRouteTableAssociation|InternetGateway|VPCGatewayAttachment|EgressOnlyInternetGateway|SecurityGroup|SecurityGroupIngress|EIPAssociation)$/;

function standing(name: ContextName): Readonly<Record<string, number>> {
  const { template, vantages, webAcl } = synthesized(contexts[name]);
  const types = [template, ...vantages.values(), ...(webAcl === null ? [] : [webAcl])]
    .flatMap((one) => Object.values(one.toJSON().Resources as Record<string, Resource>))
    .map(({ Type }) => Type)
    .filter((type) => !free.test(type));
  return Object.fromEntries([...Map.groupBy(types, (type) => type)].map(([type, list]) => [type, list.length]).sort());
}

describe("what stands there and costs", () => {
  it.each<[ContextName, Readonly<Record<string, number>>]>([
    ["minimal", { "AWS::CloudWatch::Alarm": 18, "AWS::CloudWatch::Dashboard": 1 }],
    [
      "full",
      {
        "AWS::CloudWatch::Alarm": 21,
        "AWS::CloudWatch::Dashboard": 1,
        "AWS::EC2::EIP": 2,
        "AWS::EC2::NatGateway": 2,
        "AWS::EC2::VPCEndpoint": 1,
        "AWS::KMS::Key": 1,
        "AWS::CloudFront::Distribution": 1,
        "AWS::SecretsManager::Secret": 1,
        "AWS::WAFv2::WebACL": 1,
      },
    ],
    ["two regions", { "AWS::CloudWatch::Alarm": 21, "AWS::CloudWatch::Dashboard": 1 }],
    [
      "nat-instance",
      { "AWS::CloudWatch::Alarm": 18, "AWS::CloudWatch::Dashboard": 1, "AWS::EC2::EIP": 1, "AWS::EC2::Instance": 1 },
    ],
    [
      "ipv6",
      { "AWS::CloudWatch::Alarm": 18, "AWS::CloudWatch::Dashboard": 1, "AWS::EC2::EIP": 1, "AWS::EC2::NatGateway": 1 },
    ],
  ])("in the context '%s'", (name, expected) => {
    expect(standing(name)).toEqual(expected);
  });

  it("tables cost by what is read and written, and functions reserve and provision nothing", () => {
    for (const name of Object.keys(contexts) as ContextName[]) {
      const { template } = synthesized(contexts[name]);
      for (const { Properties } of resourcesOf(template, "AWS::DynamoDB::Table").values())
        expect(Properties.BillingMode).toBe("PAY_PER_REQUEST");
      expect(JSON.stringify(template.toJSON())).not.toMatch(/ProvisionedConcurrency|ReservedConcurrent/);
    }
  });
});
