/** What an operator has to know and to ask for before a vantage sees port 25. */

import { CfnOutput, Fn } from "aws-cdk-lib";
import type { CfnEIP } from "aws-cdk-lib/aws-ec2";
import type { Construct } from "constructs";
import type { StackSettings } from "./context.ts";
import type { Network } from "./network.ts";

interface Asked extends Pick<StackSettings, "everyMs" | "ehlo" | "alertEmail"> {
  readonly vantage: string;
  /** AWS has granted the request, says the context. */
  readonly isOpen: boolean;
}

const unnamed = "NAME";
const form = "https://support.console.aws.amazon.com/support/contacts?#/rdns-limits";

/** Outputs of the stack that `scope` stands in: the state of port 25, and what to do next. */
export function tellOfPort25(scope: Construct, network: Network | null, asked: Asked): void {
  if (network === null) {
    tell(scope, "Port25", {
      value: "closed",
      description:
        "Blind for port 25, and by design: AWS keeps it closed outside a VPC. Ports 465, 587 and 2525 are looked at. " +
        "To open it deploy with -c egress=nat-gateway or -c egress=nat-instance",
    });
    return;
  }
  tell(scope, "Port25", asked.isOpen ? opened : closedFor(asked));
  const name = nameOf(asked);
  const first = name === unnamed ? `NAME is yours to choose: deploy again with -c ehlo=NAME. ` : "";
  for (const [at, eip] of network.addresses.entries()) {
    tell(scope, `ElasticIp${at + 1}`, {
      value: eip.attrPublicIp,
      description: `${first}1. Where probes come from: point an A record of ${name} here`,
    });
    tell(scope, `PtrCommand${at + 1}`, {
      value: Fn.join("", [
        "aws ec2 modify-address-attribute --allocation-id ",
        eip.attrAllocationId,
        ` --domain-name ${name}`,
      ]),
      description: "2. The PTR to ask for: run this once the A record is there, in this region",
    });
  }
  tell(scope, "Port25Request", {
    value: portRequest(network.addresses, asked),
    description: `3. Paste this at ${form}`,
  });
}

const opened = {
  value: "open, says the context",
  description: "Looks at port 25 are made. Where all of them time out, AWS has not opened it for the Elastic IP",
};

function closedFor({ vantage }: Asked) {
  return {
    value: "closed until AWS grants the request in Port25Request",
    description: `Blind for port 25 until then; other ports are looked at. Next: 1. the A record, 2. the PTR, 3. paste the request at ${form}, 4. when AWS has said yes deploy with -c port25=${vantage}`,
  };
}

/** What AWS asks in its form: the use, the addresses, the reverse name. */
function portRequest(addresses: readonly CfnEIP[], asked: Asked): string {
  const list = Fn.join(
    ", ",
    addresses.map((eip) => eip.attrPublicIp),
  );
  const contact = asked.alertEmail[0] ?? "the address of this account";
  return Fn.join("", [
    "Please remove the restriction on outbound port 25 for the Elastic IP ",
    list,
    `, used by an AWS Lambda function in a VPC behind a NAT. Reverse DNS name: ${nameOf(asked)}. `,
    "Use case: Chainmail, a monitor of transport security. For operators of mail servers it checks whether their own servers, and the gateways in front of them, offer STARTTLS with a valid certificate. ",
    `It opens an SMTP connection to each server every ${asked.everyMs / 60_000} minutes, says EHLO, STARTTLS and QUIT, names no recipient and sends no message. `,
    `Its servers are listed by the customers who run them; a fixed limit of connections for each address holds. Complaints reach ${contact}, and a server is taken off at once.`,
  ]);
}

function nameOf({ ehlo }: Asked): string {
  return ehlo === null || ehlo.startsWith("[") ? unnamed : ehlo;
}

function tell(scope: Construct, id: string, output: { readonly value: string; readonly description: string }): void {
  new CfnOutput(scope, id, output).overrideLogicalId(id);
}
