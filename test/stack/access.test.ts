/** Who gets to the API, under which name, and with which key things are kept. */

import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { readContext } from "../../lib/stack/context.ts";
import { estimate } from "../../lib/stack/estimate.ts";
import { contexts, resourcesOf, statementsOf, synthesized } from "./synthesized.ts";

const minimal = synthesized().template;
const full = synthesized(contexts.full).template;

describe("the API", () => {
  it("takes so many requests a second, and says who asked without the path, which may carry a right", () => {
    const [stage] = resourcesOf(minimal, "AWS::ApiGatewayV2::Stage").values();
    expect(stage?.Properties).toMatchObject({
      StageName: "$default",
      DefaultRouteSettings: { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 40 },
    });
    const { Format = "" } = (stage?.Properties.AccessLogSettings ?? {}) as { readonly Format?: string };
    expect(Object.keys(JSON.parse(Format))).toContain("status");
    expect(Format).not.toMatch(/\$context\.(path|resourcePath)/);
    synthesized({ apiRate: "5" }).template.hasResourceProperties("AWS::ApiGatewayV2::Stage", {
      DefaultRouteSettings: { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 10 },
    });
  });

  const routes = (template: typeof full) =>
    Object.fromEntries(
      [...resourcesOf(template, "AWS::ApiGatewayV2::Route").values()].map(({ Properties }) => [
        Properties.RouteKey,
        Properties.AuthorizationType,
      ]),
    );
  const open = {
    "GET /healthz": "NONE",
    "GET /favicon.svg": "NONE",
    "GET /unsubscribe/{token}": "NONE",
    "POST /unsubscribe/{token}": "NONE",
  };

  it("lets everybody ask for a token's worth", () => {
    expect(routes(minimal)).toEqual({ $default: "NONE" });
  });

  it("with OIDC lets in who has a JWT of the issuer for the audience; health and signed links stay open", () => {
    expect(routes(full)).toEqual({ $default: "JWT", ...open });
    full.hasResourceProperties("AWS::ApiGatewayV2::Authorizer", {
      JwtConfiguration: { Issuer: "https://id.example.com", Audience: ["chainmail"] },
    });
  });

  it("with IAM lets in who signs", () => {
    expect(routes(synthesized({ apiAuth: "iam" }).template)).toEqual({ $default: "AWS_IAM", ...open });
  });

  it("has a name of one's own, by which alone it is reached and which messages link to", () => {
    const { template: named } = synthesized({
      apiDomain: "status.example.com",
      apiCertificate: "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d",
    });
    named.hasResourceProperties("AWS::ApiGatewayV2::DomainName", { DomainName: "status.example.com" });
    named.hasResourceProperties("AWS::ApiGatewayV2::Api", { DisableExecuteApiEndpoint: true });
    named.resourceCountIs("AWS::ApiGatewayV2::ApiMapping", 1);
    named.hasOutput("StatusUrl", { Value: "https://status.example.com" });
    named.hasOutput("StatusCname", {
      Description: Match.stringLikeRegexp("point a CNAME record of status.example.com"),
    });
    named.hasResourceProperties("AWS::Lambda::Function", {
      Environment: { Variables: Match.objectLike({ CHAINMAIL_STATUS_URL: "https://status.example.com" }) },
    });
  });
});

describe("a firewall", () => {
  it("stands on CloudFront before the API, under the name that people use, and tells the API a secret that the app asks for", () => {
    const [distribution] = resourcesOf(full, "AWS::CloudFront::Distribution").values();
    const config = distribution?.Properties.DistributionConfig as {
      readonly Origins: readonly { readonly OriginCustomHeaders: readonly Readonly<Record<string, unknown>>[] }[];
    };
    expect(config).toMatchObject({
      WebACLId: {
        "Fn::GetStackOutput": { StackName: "Chainmail-web-acl", OutputName: "WebAclArn", Region: "us-east-1" },
      },
      Aliases: ["status.example.com"],
      ViewerCertificate: { MinimumProtocolVersion: "TLSv1.2_2021" },
      DefaultCacheBehavior: { ViewerProtocolPolicy: "redirect-to-https" },
    });
    const [header] = config.Origins[0]?.OriginCustomHeaders ?? [];
    expect(header?.HeaderName).toBe("x-chainmail-edge");
    expect(JSON.stringify(header?.HeaderValue)).toContain("{{resolve:secretsmanager:");
    full.hasResourceProperties("AWS::Lambda::Function", {
      Environment: {
        Variables: Match.objectLike({
          CHAINMAIL_EDGE_SECRET: header?.HeaderValue,
          CHAINMAIL_STATUS_URL: "https://status.example.com",
        }),
      },
    });
    full.hasOutput("StatusUrl", { Value: "https://status.example.com" });
    full.resourceCountIs("AWS::ApiGatewayV2::DomainName", 0);
  });

  it("isn't there unless the context says so, and needs no name of one's own", () => {
    minimal.resourceCountIs("AWS::CloudFront::Distribution", 0);
    const { template } = synthesized({ webAcl: "managed" });
    const [id = ""] = resourcesOf(template, "AWS::CloudFront::Distribution").keys();
    const url = { "Fn::Join": ["", ["https://", { "Fn::GetAtt": [id, "DomainName"] }]] };
    template.hasOutput("StatusUrl", { Value: url });
  });

  it("has the operator's own rules where they are named, and then no stack of its own", () => {
    const arn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/chainmail/0a1b2c3d";
    const { template, webAcl } = synthesized({ webAcl: arn });
    template.hasResourceProperties("AWS::CloudFront::Distribution", { DistributionConfig: { WebACLId: arn } });
    expect(webAcl).toBeNull();
  });
});

describe("the web ACL that is made with the stack", () => {
  const made = (context: Readonly<Record<string, string>>) => {
    const { webAcl } = synthesized({ ...context, webAcl: "managed" });
    if (webAcl === null) throw new Error("expected a stack of the web ACL");
    return webAcl;
  };
  const webAcl = made(contexts.full);
  const [acl] = resourcesOf(webAcl, "AWS::WAFv2::WebACL").values();
  const rules = (acl?.Properties.Rules ?? []) as readonly {
    readonly Name: string;
    readonly Priority: number;
    readonly Statement: object;
    readonly VisibilityConfig: object;
  }[];
  const managed = rules.filter(({ Statement }) => "ManagedRuleGroupStatement" in Statement);

  it.each([{}, { region: "eu-central-1" }, { region: "us-east-1" }])(
    "stands in us-east-1, wherever home is, and before home: %j",
    (where) => {
      const { app } = synthesized({ ...where, webAcl: "managed" });
      const assembly = app.synth();
      const { environment, stackName } = assembly.getStackArtifact("Chainmail-web-acl");
      expect([stackName, environment.region]).toEqual(["Chainmail-web-acl", "us-east-1"]);
      const home = assembly.getStackArtifact("Chainmail");
      expect(home.dependencies.map(({ id }) => id)).toContain("Chainmail-web-acl");
    },
  );

  it("puts out the name under which home looks for it, and holds nothing else", () => {
    expect(Object.keys(webAcl.toJSON().Resources)).toEqual(["WebAcl"]);
    webAcl.hasOutput("WebAclArn", { Value: { "Fn::GetAtt": ["WebAcl", "Arn"] } });
  });

  it("lets in what none of AWS's rule groups knows as an attack", () => {
    expect(acl?.Properties).toMatchObject({ Scope: "CLOUDFRONT", DefaultAction: { Allow: {} } });
    const groups = managed.map(({ Statement }) => Statement);
    const group = (Name: string) => ({ ManagedRuleGroupStatement: { VendorName: "AWS", Name } });
    expect(groups).toEqual([
      group("AWSManagedRulesAmazonIpReputationList"),
      group("AWSManagedRulesKnownBadInputsRuleSet"),
      group("AWSManagedRulesCommonRuleSet"),
    ]);
    for (const rule of managed) expect(rule).toMatchObject({ OverrideAction: { None: {} } });
    expect(new Set(rules.map(({ Priority }) => Priority)).size).toBe(rules.length);
  });

  it.each([
    [{}, 1_000],
    [{ apiRate: "1" }, 50],
  ])("leaves one address a sixth of what the API takes in five minutes: %j, %d", (rate, Limit) => {
    made(rate).hasResourceProperties("AWS::WAFv2::WebACL", {
      Rules: Match.arrayWith([
        Match.objectLike({
          Action: { Block: {} },
          Statement: { RateBasedStatement: { AggregateKeyType: "IP", Limit } },
        }),
      ]),
    });
  });

  it("counts all, shows samples of what it blocked alone, and nobody's token in them", () => {
    expect(acl?.Properties.VisibilityConfig).toMatchObject({
      CloudWatchMetricsEnabled: true,
      SampledRequestsEnabled: false,
    });
    for (const { Name, VisibilityConfig } of rules)
      expect(VisibilityConfig).toEqual({
        CloudWatchMetricsEnabled: true,
        MetricName: Name,
        SampledRequestsEnabled: true,
      });
    const protect = (key: string) => ({
      Action: "SUBSTITUTION",
      Field: { FieldType: "SINGLE_HEADER", FieldKeys: [key] },
    });
    expect(acl?.Properties.DataProtectionConfig).toEqual({
      DataProtections: [protect("authorization"), protect("cookie")],
    });
  });

  it("has as many rules as the bill counts", () => {
    expect(estimate(readContext(contexts.full))).toContain(`a web ACL with ${rules.length} rules`);
  });
});

describe("a key of the account's own", () => {
  const [keyId = ""] = resourcesOf(full, "AWS::KMS::Key").keys();
  const key = { "Fn::GetAtt": [keyId, "Arn"] };

  it("isn't there unless the context says so", () => {
    minimal.resourceCountIs("AWS::KMS::Key", 0);
  });

  it("encrypts the tables and every topic, and stays with the tables", () => {
    for (const { Properties } of resourcesOf(full, "AWS::DynamoDB::Table").values())
      expect(Properties.SSESpecification).toMatchObject({ KMSMasterKeyId: key, SSEType: "KMS" });
    const topics = [...resourcesOf(full, "AWS::SNS::Topic").values()];
    expect(topics).toHaveLength(4);
    for (const { Properties } of topics) expect(Properties.KmsMasterKeyId).toEqual(key);
    expect(resourcesOf(full, "AWS::KMS::Key").get(keyId)).toMatchObject({
      DeletionPolicy: "Retain",
      Properties: { EnableKeyRotation: true },
    });
  });

  it("lets CloudWatch's alarms through: with AWS's own key they would be dropped in silence", () => {
    const policy = resourcesOf(full, "AWS::KMS::Key").get(keyId)?.Properties.KeyPolicy;
    const { Statement } = (policy ?? {}) as { readonly Statement?: readonly object[] };
    expect(Statement).toContainEqual({
      Effect: "Allow",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
      Resource: "*",
      Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
    });
  });

  const useOf = (step: string) =>
    [...resourcesOf(full, "AWS::IAM::Policy")]
      .filter(([id]) => id.startsWith(`${step}Role`))
      .flatMap(([, policy]) => statementsOf(policy))
      .filter(({ Action }) => JSON.stringify(Action).includes("kms:"));

  it("is used by whoever has rights on tables, through DynamoDB alone, and never by the probe", () => {
    for (const step of ["Resolve", "Plan", "Judge", "Tick", "Contacts", "StatusApi"]) {
      expect(useOf(step)).toMatchObject([
        { Resource: key, Condition: { StringEquals: { "kms:ViaService": expect.anything() } } },
      ]);
    }
    expect(useOf("VantageProbe")).toEqual([]);
  });

  it("is used by who publishes", () => {
    const publishing = useOf("Notify").filter((statement) => !("Condition" in statement));
    expect(publishing).toHaveLength(1);
    expect(publishing[0]?.Action).toEqual(expect.arrayContaining(["kms:Decrypt", "kms:GenerateDataKey"]));
  });
});

describe("X-Ray", () => {
  it("is off unless the context says so", () => {
    const modes = (template: typeof full) =>
      new Set(
        [...resourcesOf(template, "AWS::Lambda::Function").values()].map(({ Properties }) =>
          JSON.stringify(Properties.TracingConfig),
        ),
      );
    expect(modes(minimal)).toEqual(new Set([undefined]));
    expect(modes(full)).toEqual(new Set(['{"Mode":"Active"}']));
  });
});

describe("the dashboard", () => {
  it("shows the alarms, what was looked at, what is owed, the queues and the functions", () => {
    const [board] = resourcesOf(minimal, "AWS::CloudWatch::Dashboard").values();
    expect(board?.Properties.DashboardName).toBe("Chainmail");
    const text = JSON.stringify(board?.Properties.DashboardBody);
    for (const shown of ["Planned", "Looked", "OutboxAge", "ApproximateAgeOfOldestMessage", "Throttles", "Duration"])
      expect(text).toContain(shown);
    const alarms = [...resourcesOf(minimal, "AWS::CloudWatch::Alarm").keys()];
    expect(alarms.filter((id) => !text.includes(`"${id}"`))).toEqual([]);
    minimal.hasOutput("DashboardUrl", {});
  });
});
