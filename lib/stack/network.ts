/** The way out of one region to port 25: a VPC with one zone and one NAT unless the context says two, each NAT with a fixed address. */

import { Fn } from "aws-cdk-lib";
import {
  CfnEIP,
  CfnEIPAssociation,
  InstanceClass,
  InstanceSize,
  InstanceType,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  IpProtocol,
  type IVpc,
  NatProvider,
  NatTrafficDirection,
  Port,
  SecurityGroup,
  type SubnetSelection,
  SubnetType,
  UserData,
  Vpc,
} from "aws-cdk-lib/aws-ec2";
import { Construct } from "constructs";
import type { StackSettings } from "./context.ts";

export interface NetworkProps extends Pick<StackSettings, "zones" | "ipv6"> {
  readonly egress: "nat-gateway" | "nat-instance";
  /** Only where results stay in the region: an endpoint leads to its own. */
  readonly sqsEndpoint: boolean;
}

/** Where a function stands. */
export interface Place {
  readonly vpc: IVpc;
  readonly vpcSubnets: SubnetSelection;
  readonly securityGroups: SecurityGroup[];
  readonly ipv6AllowedForDualStack: boolean;
}

export class Network extends Construct {
  /** Of the NATs: one a zone. */
  readonly addresses: readonly CfnEIP[];
  readonly place: Place;

  constructor(scope: Construct, id: string, { egress, zones, ipv6, sqsEndpoint }: NetworkProps) {
    super(scope, id);
    this.addresses = Array.from({ length: zones }, (_, at) => new CfnEIP(this, `Address${at + 1}`, { domain: "vpc" }));
    const instance = egress === "nat-instance" ? natInstance() : null;
    const made = new Vpc(this, "Vpc", {
      maxAzs: zones,
      natGateways: zones,
      natGatewayProvider: instance ?? NatProvider.gateway({ eipAllocationIds: this.allocations }),
      ipAddresses: IpAddresses.cidr("10.25.0.0/24"),
      ipProtocol: ipv6 ? IpProtocol.DUAL_STACK : IpProtocol.IPV4_ONLY,
      // It would take a function of CDK's own; nothing here stands in the default group.
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        { name: "Public", subnetType: SubnetType.PUBLIC, cidrMask: 28, mapPublicIpOnLaunch: false },
        { name: "Probe", subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 26 },
      ],
    });
    // CDK's own class has an optional property that its interface, read exactly, doesn't allow.
    const vpc = made as IVpc;
    const probe = new SecurityGroup(this, "ProbeGroup", {
      vpc,
      description: "Probes: out to mail servers and to SQS, nothing in",
      allowAllOutbound: true,
      allowAllIpv6Outbound: ipv6,
    });
    if (instance !== null) this.settle(instance, probe);
    const vpcSubnets = { subnetType: SubnetType.PRIVATE_WITH_EGRESS };
    this.place = { vpc, vpcSubnets, securityGroups: [probe], ipv6AllowedForDualStack: ipv6 };
    if (sqsEndpoint) {
      const endpoint = vpc.addInterfaceEndpoint("Sqs", {
        service: InterfaceVpcEndpointAwsService.SQS,
        subnets: vpcSubnets,
        open: false,
      });
      endpoint.connections.allowFrom(probe, Port.HTTPS, "Results");
    }
  }

  /** The address literal to say in EHLO; null where it depends on the zone. */
  get literal(): string | null {
    const [only, ...others] = this.addresses;
    return only === undefined || others.length > 0 ? null : Fn.join("", ["[", only.attrPublicIp, "]"]);
  }

  private get allocations(): string[] {
    return this.addresses.map((eip) => eip.attrAllocationId);
  }

  private settle(nat: ReturnType<typeof natInstance>, probe: SecurityGroup): void {
    nat.connections.allowFrom(probe, Port.allTcp(), "What the probes send");
    for (const [at, allocationId] of this.allocations.entries()) {
      const gateway = nat.gatewayInstances[at];
      if (gateway === undefined) throw new Error(`expected a NAT instance for address ${at + 1}`);
      const { instance, instanceId } = gateway;
      instance.metadataOptions = { httpTokens: "required", httpEndpoint: "enabled" };
      instance.blockDeviceMappings = [{ deviceName: "/dev/xvda", ebs: { encrypted: true, volumeType: "gp3" } }];
      new CfnEIPAssociation(this, `Association${at + 1}`, { allocationId, instanceId });
    }
  }
}

/** What it runs is installed once its address is there. */
function natInstance() {
  const userData = UserData.forLinux();
  userData.addCommands(
    "until dnf install -y nftables; do sleep 5; done",
    "echo net.ipv4.ip_forward=1 > /etc/sysctl.d/90-nat.conf",
    "sysctl -p /etc/sysctl.d/90-nat.conf",
    "echo 'table ip nat { chain postrouting { type nat hook postrouting priority srcnat; masquerade; }; }' > /etc/sysconfig/nftables.conf",
    "systemctl enable --now nftables",
  );
  return NatProvider.instanceV2({
    instanceType: InstanceType.of(InstanceClass.T4G, InstanceSize.NANO),
    defaultAllowedTraffic: NatTrafficDirection.OUTBOUND_ONLY,
    userData,
  });
}
