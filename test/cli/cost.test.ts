import { describe, expect, it } from "vitest";
import { prices } from "../../lib/model/prices.ts";
import { readContext } from "../../lib/stack/context.ts";
import { estimate } from "../../lib/stack/estimate.ts";
import { chainmail } from "../fakes/cli.ts";

describe("chainmail cost", () => {
  it("prints the bill of four fleets, and of what date the prices are", async () => {
    const { code, out: stdout, err: stderr } = await chainmail("cost");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.match(/^[\d,]+ customers?,/gm)).toEqual([
      "1 customer,",
      "100 customers,",
      "10,000 customers,",
      "1,000,000 customers,",
    ]);
    expect(stdout.match(/^ {2}a month +[\d,]+\.\d\d$/gm)).toHaveLength(4);
    expect(stdout).toContain(`list prices of ${prices.region} as of ${prices.asOf}`);
    expect(stdout.match(/has to be split over several stacks/g)).toHaveLength(1);
  });

  it("is the same model that synthesis prints", async () => {
    const context = { customers: "1000", egress: "nat-gateway", zones: "2", sqsEndpoint: "true", every: "10m" };
    const further = {
      region: "eu-central-1",
      vantages: "us-east-1",
      alertSms: "+4915112345678",
      tracing: "true",
      webAcl: "managed",
    };
    const { out: stdout } = await chainmail(
      ...["cost", "--customers", "1000", "--egress", "nat-gateway", "--zones", "2", "--sqs-endpoint"],
      ...["--every", "10m", "--vantages", "2", "--topics", "2", "--tracing", "--web-acl", "managed"],
    );
    const printed = estimate(readContext({ ...context, ...further }));
    expect(printed.slice(printed.indexOf("\n") + 1)).toBe(stdout.replace("\n\nUSD", "\nUSD"));
  });

  it("counts a web ACL of the operator's own without its rules, and says so", () => {
    const webAcl = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/chainmail/0a1b2c3d";
    expect(estimate(readContext({ webAcl }))).toMatch(/^ {2}firewall +5\.47 {2}a web ACL \(its rules apart: 1 each\)/m);
    expect(estimate(readContext({}))).not.toContain("firewall");
  });
});
