/** One step of the way of the data: a function with its own role, its own log, and what it needs to know in its environment. */

import { AssetHashType, DockerImage, Duration, RemovalPolicy } from "aws-cdk-lib";
import { Effect, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Code, Function as LambdaFunction, Runtime, Tracing } from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { type EnvironmentKey, environmentNames } from "../world/environment.ts";
import { bundleHandler, handlersDir } from "./bundle.ts";
import type { StackSettings } from "./context.ts";
import type { Place } from "./network.ts";

/** What holds for every function of the stack. */
type Upkeep = Pick<StackSettings, "logDays" | "tracing">;

export interface StepProps {
  /** File name in `lambdas/`, without its ending. */
  readonly handler: string;
  readonly description: string;
  readonly timeout: Duration;
  /** MB; the share of a processor grows with it. */
  readonly memory: number;
  readonly environment: Partial<Record<EnvironmentKey, string>>;
  readonly upkeep: Upkeep;
  /** Null: outside any VPC. */
  readonly place?: Place | null;
}

export class Step extends Construct {
  readonly function: LambdaFunction;
  readonly timeout: Duration;

  constructor(scope: Construct, id: string, props: StepProps) {
    super(scope, id);
    const { handler, description, timeout, memory, environment, upkeep, place = null } = props;
    const logGroup = new LogGroup(this, "Log", {
      retention: upkeep.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // Not AWS's managed policy: that one may write every log of the account.
    const role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    logGroup.grantWrite(role);
    if (place !== null) letStandIn(role);
    this.timeout = timeout;
    this.function = new LambdaFunction(this, "Function", {
      description,
      code: codeOf(handler),
      handler: "index.handler",
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: memory,
      timeout,
      role,
      logGroup,
      // CDK lets it write to X-Ray (`xray:PutTraceSegments`, `xray:PutTelemetryRecords`) on `*`: AWS has no resource there.
      ...(upkeep.tracing && { tracing: Tracing.ACTIVE }),
      ...(place ?? {}),
      environment: Object.fromEntries(
        Object.entries(environment).map(([key, value]) => [environmentNames[key as EnvironmentKey], value]),
      ),
    });
  }

  tell(key: EnvironmentKey, value: string): void {
    this.function.addEnvironment(environmentNames[key], value);
  }
}

/**
 * Lambda's own service makes the interfaces with the function's role; the function's code may not. On `*`: the two that
 * describe have no resource at AWS, and the interfaces of the others have no name before they are made.
 */
function letStandIn(role: Role): void {
  const actions = [
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
  ];
  role.addToPolicy(new PolicyStatement({ actions, resources: ["*"] }));
  const byCode = { Null: { "lambda:SourceFunctionArn": "false" } };
  role.addToPolicy(new PolicyStatement({ effect: Effect.DENY, actions, resources: ["*"], conditions: byCode }));
}

/** esbuild fills the asset's folder itself; the image and its command, which CDK asks for in case that fails, are never used. */
function codeOf(handler: string): Code {
  return Code.fromAsset(handlersDir, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry("no-docker-is-needed"),
      // CDK takes assets of one folder with equal options for the same one: this tells them apart.
      command: [handler],
      local: {
        tryBundle(outDir) {
          bundleHandler(handler, outDir);
          return true;
        },
      },
    },
  });
}

export const seconds = (count: number): Duration => Duration.seconds(count);
export const minutes = (count: number): Duration => Duration.minutes(count);
