import { Match, type Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { contexts, type Resource, resourcesOf, rightsOf, synthesized } from "./synthesized.ts";

const types = (template: Template): readonly string[] =>
  Object.values(template.toJSON().Resources as Record<string, Resource>).map(({ Type }) => Type);
const countOf = (template: Template, type: string) => resourcesOf(template, type).size;

function only(template: Template, type: string): Resource {
  const [one, ...others] = resourcesOf(template, type).values();
  expect(others).toEqual([]);
  if (one === undefined) throw new Error(`expected a ${type}`);
  return one;
}

/** Of the function whose id begins so. */
function functionOf(template: Template, step: string): Resource["Properties"] {
  const [, found] = [...resourcesOf(template, "AWS::Lambda::Function")].find(([id]) => id.startsWith(step)) ?? [];
  return found?.Properties ?? {};
}

const environmentOf = (template: Template, step: string) =>
  (functionOf(template, step).Environment as { readonly Variables: Readonly<Record<string, unknown>> }).Variables;

/** A value with the parts that only a deployment knows left out. */
function textOf(value: unknown): string {
  const joined = value as { readonly "Fn::Join"?: readonly [string, readonly unknown[]] };
  const [by, parts] = joined["Fn::Join"] ?? ["", [value]];
  return parts.map((part) => (typeof part === "string" ? part : "…")).join(by);
}

const outputOf = (template: Template, id: string) =>
  template.toJSON().Outputs[id] as { readonly Value: unknown; readonly Description: string };

describe("without a word about it", () => {
  const { template } = synthesized(contexts.minimal);

  it("no network is bought, and no NAT", () => {
    expect(types(template).filter((type) => type.startsWith("AWS::EC2::"))).toEqual([]);
    expect(functionOf(template, "VantageProbe")).not.toHaveProperty("VpcConfig");
  });

  it("port 25 is closed, as a state: the output says so and how to open it, and the probe doesn't wait for it", () => {
    const { Value, Description } = outputOf(template, "Port25");
    expect(Value).toBe("closed");
    expect(Description).toContain("Ports 465, 587 and 2525 are looked at");
    expect(Description).toContain("-c egress=nat-gateway");
    expect(environmentOf(template, "VantageProbe").CHAINMAIL_CLOSED_PORTS).toBe("25");
  });
});

describe.each(["nat-gateway", "nat-instance"] as const)("with %s", (egress) => {
  const { template } = synthesized({ ...contexts["nat-instance"], egress });

  it("there is one zone, one NAT and one address, and the way out leads through it", () => {
    expect(countOf(template, "AWS::EC2::EIP")).toBe(1);
    expect(countOf(template, "AWS::EC2::Subnet")).toBe(2);
    expect(countOf(template, "AWS::EC2::NatGateway")).toBe(egress === "nat-gateway" ? 1 : 0);
    expect(countOf(template, "AWS::EC2::Instance")).toBe(egress === "nat-instance" ? 1 : 0);
    const [eip] = resourcesOf(template, "AWS::EC2::EIP").keys();
    const allocation = { AllocationId: { "Fn::GetAtt": [eip, "AllocationId"] } };
    const holder = egress === "nat-gateway" ? "AWS::EC2::NatGateway" : "AWS::EC2::EIPAssociation";
    expect(only(template, holder).Properties).toMatchObject(allocation);
    const way = egress === "nat-gateway" ? "NatGatewayId" : "InstanceId";
    template.hasResourceProperties("AWS::EC2::Route", { DestinationCidrBlock: "0.0.0.0/0", [way]: Match.anyValue() });
  });

  it("only the probe stands in it: what reads tables needs no way out", () => {
    const inside = [...resourcesOf(template, "AWS::Lambda::Function")].filter(
      ([, { Properties }]) => Properties.VpcConfig !== undefined,
    );
    expect(inside.map(([id]) => id.slice(0, -8))).toEqual(["VantageProbeFunction"]);
    const [subnets] = inside.map(([, { Properties }]) => Properties.VpcConfig as { SubnetIds: { Ref: string }[] });
    expect(subnets?.SubnetIds.map(({ Ref }) => Ref)).toEqual([expect.stringContaining("ProbeSubnet1")]);
  });

  it("port 25 stays closed, as a state, until the context says that AWS has opened it", () => {
    expect(environmentOf(template, "VantageProbe").CHAINMAIL_CLOSED_PORTS).toBe("25");
    const waiting = outputOf(template, "Port25");
    expect(waiting.Value).toBe("closed until AWS grants the request in Port25Request");
    expect(waiting.Description).toContain("other ports are looked at");
    expect(waiting.Description).toContain("deploy with -c port25=here");
    const { template: open } = synthesized({ ...contexts["nat-instance"], egress, port25: "here" });
    expect(environmentOf(open, "VantageProbe")).not.toHaveProperty("CHAINMAIL_CLOSED_PORTS");
    expect(outputOf(open, "Port25").Value).toBe("open, says the context");
  });

  it("nobody gets in", () => {
    const groups = [...resourcesOf(template, "AWS::EC2::SecurityGroup").values()];
    const open = JSON.stringify(groups.map(({ Properties }) => Properties.SecurityGroupIngress ?? []));
    expect(open).not.toContain("0.0.0.0/0");
    expect(open).not.toContain("::/0");
  });

  it("the role lets Lambda make interfaces, and the function's own code not", () => {
    const policies = [...resourcesOf(template, "AWS::IAM::Policy")].filter(([id]) => id.startsWith("VantageProbeRole"));
    const statements = policies.flatMap(([, { Properties }]) => {
      return (Properties.PolicyDocument as { readonly Statement: readonly Record<string, unknown>[] }).Statement;
    });
    const ofNetwork = statements.filter(({ Action }) => JSON.stringify(Action).includes("ec2:"));
    const [allowed, denied, ...others] = ofNetwork;
    expect(others).toEqual([]);
    expect(allowed).toMatchObject({ Effect: "Allow", Resource: "*" });
    expect(denied).toMatchObject({
      Effect: "Deny",
      Action: allowed?.Action,
      Condition: { Null: { "lambda:SourceFunctionArn": "false" } },
    });
  });

  it("outputs the address, the PTR to ask for and the request, ready to paste", () => {
    const { Value, Description } = outputOf(template, "Port25Request");
    expect(Description).toContain("https://support.console.aws.amazon.com/support/contacts?#/rdns-limits");
    expect(textOf(Value)).toBe(
      "Please remove the restriction on outbound port 25 for the Elastic IP …, used by an AWS Lambda function in a VPC behind a NAT. " +
        "Reverse DNS name: probe.example.com. " +
        "Use case: Chainmail, a monitor of transport security. For operators of mail servers it checks whether their own servers, and the gateways in front of them, offer STARTTLS with a valid certificate. " +
        "It opens an SMTP connection to each server every 5 minutes, says EHLO, STARTTLS and QUIT, names no recipient and sends no message. " +
        "Its servers are listed by the customers who run them; a fixed limit of connections for each address holds. " +
        "Complaints reach ops@example.com, and a server is taken off at once.",
    );
    expect(textOf(outputOf(template, "PtrCommand1").Value)).toBe(
      "aws ec2 modify-address-attribute --allocation-id … --domain-name probe.example.com",
    );
    const [eip] = resourcesOf(template, "AWS::EC2::EIP").keys();
    expect(outputOf(template, "ElasticIp1").Value).toEqual({ "Fn::GetAtt": [eip, "PublicIp"] });
  });

  it("no output is longer than CloudFormation takes", () => {
    for (const { Description, Value } of Object.values(template.toJSON().Outputs) as ReturnType<typeof outputOf>[]) {
      expect(Description.length).toBeLessThanOrEqual(1_024);
      expect(textOf(Value).length).toBeLessThanOrEqual(1_000);
    }
  });
});

describe("a NAT instance", () => {
  const { template } = synthesized(contexts["nat-instance"]);
  const { Properties } = only(template, "AWS::EC2::Instance");

  it("is the smallest that there is, on arm64, and passes on what isn't its own", () => {
    expect(Properties).toMatchObject({ InstanceType: "t4g.nano", SourceDestCheck: false });
    expect(JSON.stringify(Properties.ImageId)).toContain("al2023");
    expect(JSON.stringify(Properties.ImageId)).toContain("arm64");
    const script = (Properties.UserData as { readonly "Fn::Base64": string })["Fn::Base64"];
    expect(script).toContain("hook postrouting priority srcnat; masquerade;");
    expect(script).toContain("net.ipv4.ip_forward=1");
  });

  it("answers nobody who asks for its credentials without a token, and its disk is encrypted", () => {
    expect(Properties).toMatchObject({
      MetadataOptions: { HttpTokens: "required" },
      BlockDeviceMappings: [{ Ebs: { Encrypted: true } }],
    });
  });
});

describe("the name in EHLO", () => {
  it("is the fixed address where none is given, and left to the probe where there are two", () => {
    const { template } = synthesized(contexts.ipv6);
    const [eip] = resourcesOf(template, "AWS::EC2::EIP").keys();
    expect(environmentOf(template, "VantageProbe").CHAINMAIL_EHLO).toEqual({
      "Fn::Join": ["", ["[", { "Fn::GetAtt": [eip, "PublicIp"] }, "]"]],
    });
    expect(outputOf(template, "ElasticIp1").Description).toContain("deploy again with -c ehlo=NAME");
    expect(environmentOf(synthesized(contexts.full).template, "VantageProbe").CHAINMAIL_EHLO).toBe("probe.example.com");
  });
});

describe("two zones", () => {
  it("have a NAT and an address each", () => {
    const { template } = synthesized(contexts.full);
    expect(countOf(template, "AWS::EC2::NatGateway")).toBe(2);
    expect(countOf(template, "AWS::EC2::EIP")).toBe(2);
    for (const id of ["ElasticIp1", "ElasticIp2", "PtrCommand1", "PtrCommand2"]) template.hasOutput(id, {});
    expect(textOf(outputOf(template, "Port25Request").Value)).toContain("for the Elastic IP …, used by");
  });
});

describe("an endpoint of SQS", () => {
  it("takes results without the NAT, from the probe alone", () => {
    const { template } = synthesized(contexts.full);
    const endpoint = only(template, "AWS::EC2::VPCEndpoint");
    expect(endpoint.Properties).toMatchObject({ VpcEndpointType: "Interface", PrivateDnsEnabled: true });
    expect(JSON.stringify(endpoint.Properties.ServiceName)).toContain(".sqs");
    expect(only(template, "AWS::EC2::SecurityGroupIngress").Properties).toMatchObject({ FromPort: 443, ToPort: 443 });
  });

  it("isn't there unless the context says so", () => {
    expect(countOf(synthesized(contexts.ipv6).template, "AWS::EC2::VPCEndpoint")).toBe(0);
  });
});

describe("IPv6", () => {
  const { template } = synthesized(contexts.ipv6);

  it("leaves past the NAT, and lets nobody in", () => {
    const [gateway] = resourcesOf(template, "AWS::EC2::EgressOnlyInternetGateway").keys();
    template.hasResourceProperties("AWS::EC2::Route", {
      DestinationIpv6CidrBlock: "::/0",
      EgressOnlyInternetGatewayId: { Ref: gateway },
    });
    expect(functionOf(template, "VantageProbe").VpcConfig).toMatchObject({ Ipv6AllowedForDualStack: true });
    const probes = [...resourcesOf(template, "AWS::EC2::SecurityGroup")].find(([id]) => id.includes("ProbeGroup"));
    expect(JSON.stringify(probes?.[1].Properties.SecurityGroupEgress)).toContain('"CidrIpv6":"::/0"');
  });

  it("isn't there unless the context says so", () => {
    const { template: without } = synthesized(contexts["nat-instance"]);
    expect(types(without).filter((type) => /Ipv6|VPCCidrBlock|EgressOnly/.test(type))).toEqual([]);
  });
});

describe("a further region", () => {
  const { template: home, vantages } = synthesized(contexts["two regions"]);
  const abroad = vantages.get("us-east-1");
  if (abroad === undefined) throw new Error("expected a stack in us-east-1");

  it("has a queue of jobs, a probe and alarms, and nothing that keeps anything", () => {
    expect(countOf(abroad, "AWS::Lambda::Function")).toBe(1);
    expect(countOf(abroad, "AWS::DynamoDB::Table")).toBe(0);
    expect(countOf(abroad, "AWS::Scheduler::Schedule")).toBe(0);
    expect(rightsOf(abroad, "VantageProbe")).toEqual(["sqs:SendMessage arn:…:sqs:eu-central-1:…:Chainmail-results"]);
    const alarms = [...resourcesOf(abroad, "AWS::CloudWatch::Alarm").keys()].map((id) => id.slice(0, -8));
    expect(alarms.sort()).toEqual(["WatchDeadjobs", "WatchOldestjobs", "WatchUndelivered"]);
  });

  it("is called by its region, and answers to the home region's queue", () => {
    const variables = environmentOf(abroad, "VantageProbe");
    expect(variables.CHAINMAIL_VANTAGE).toBe("us-east-1");
    expect(textOf(variables.CHAINMAIL_RESULTS_QUEUE)).toBe("https://sqs.eu-central-1.…/…/Chainmail-results");
    abroad.hasResourceProperties("AWS::SQS::Queue", { QueueName: "Chainmail-jobs" });
    home.hasResourceProperties("AWS::SQS::Queue", { QueueName: "Chainmail-results" });
  });

  it("is sent jobs by whoever sends them at home, and is on the roster", () => {
    for (const step of ["Plan", "Judge", "Tick", "Notify"]) {
      expect(textOf(environmentOf(home, step).CHAINMAIL_JOB_QUEUES)).toBe(
        '{"here":"…","us-east-1":"https://sqs.us-east-1.…/…/Chainmail-jobs"}',
      );
      expect(rightsOf(home, step)).toContain("sqs:SendMessage arn:…:sqs:us-east-1:…:Chainmail-jobs");
    }
    expect(environmentOf(home, "Resolve").CHAINMAIL_VANTAGES).toBe("us-east-1");
  });

  it("has a port 25 of its own, which AWS opens for each address alone", () => {
    const { template: opened, vantages: others } = synthesized({
      ...contexts["two regions"],
      egress: "nat-instance",
      port25: "us-east-1",
    });
    const there = others.get("us-east-1");
    expect(environmentOf(opened, "VantageProbe").CHAINMAIL_CLOSED_PORTS).toBe("25");
    expect(there && environmentOf(there, "VantageProbe").CHAINMAIL_CLOSED_PORTS).toBeUndefined();
    expect(there && outputOf(there, "Port25").Value).toBe("open, says the context");
  });

  it("waits for no other stack: neither refers to the other", () => {
    expect(JSON.stringify([home.toJSON(), abroad.toJSON()])).not.toMatch(/Fn::ImportValue|Fn::GetStackOutput/);
  });
});
