/** The stack's template for given context values, without bundling: what the tests of `lib/stack` read. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { App } from "aws-cdk-lib";
import { Annotations, Template } from "aws-cdk-lib/assertions";
import { vi } from "vitest";
import { chainmailApp } from "../../lib/stack/app.ts";
import { readContext } from "../../lib/stack/context.ts";

export { type ContextName, contexts } from "./contexts.ts";

// Loading the CDK takes seconds where other tests run beside it.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

interface Synthesized {
  readonly annotations: Annotations;
  readonly template: Template;
  /** Of further regions, by name. */
  readonly vantages: ReadonlyMap<string, Template>;
  /** Of the firewall's rules, where they are ours. */
  readonly webAcl: Template | null;
  readonly app: App;
}

const made = new Map<string, Synthesized>();

/** Made once for each context: it takes half a second. */
export function synthesized(context: Readonly<Record<string, string>> = {}): Synthesized {
  const key = JSON.stringify(context);
  const known = made.get(key) ?? synthesize(context);
  made.set(key, known);
  return known;
}

function synthesize(context: Readonly<Record<string, string>>): Synthesized {
  // Where none is named CDK makes a folder of its own, and leaves it behind.
  const outdir = mkdtempSync(join(tmpdir(), "chainmail-stack-"));
  try {
    // CDK's own switch for "bundle nothing"; the flag is one of cdk.json's.
    const app = new App({
      outdir,
      context: { "aws:cdk:bundling-stacks": [], "@aws-cdk/aws-iam:minimizePolicies": true },
    });
    const { home, vantages, webAcl } = chainmailApp(app, readContext(context));
    return {
      annotations: Annotations.fromStack(home),
      template: Template.fromStack(home),
      app,
      vantages: new Map(vantages.map((stack) => [stack.region, Template.fromStack(stack)])),
      webAcl: webAcl === null ? null : Template.fromStack(webAcl),
    };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** Logical ids and resources of one CloudFormation type. */
export function resourcesOf(template: Template, type: string): ReadonlyMap<string, Resource> {
  return new Map(Object.entries(template.findResources(type)) as [string, Resource][]);
}

interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource?: unknown;
  readonly NotResource?: unknown;
}

export function statementsOf(policy: Resource): readonly Statement[] {
  return (policy.Properties.PolicyDocument as { readonly Statement: readonly Statement[] }).Statement;
}

/** What is no topic: a phone has no name that a right could be given on. */
export const noTopic = "whatever is no topic";

/** What AWS's own services do in the function's name: its log, what its queue feeds it with, what failed for good. */
const byServices =
  /^(logs:(CreateLogStream|PutLogEvents) |sqs:(ReceiveMessage|DeleteMessage|GetQueueAttributes) |sqs:SendMessage RhythmDeadLetters$)/;

/** What the code of the function whose id begins with `step` may ask for: `dynamodb:PutItem state`, `sqs:SendMessage VantageJobsQueue`, … */
export function rightsOf(template: Template, step: string): readonly string[] {
  return [...resourcesOf(template, "AWS::IAM::Policy").entries()]
    .filter(([id]) => id.startsWith(`${step}Role`))
    .flatMap(([, policy]) => statementsOf(policy))
    .filter(({ Effect }) => Effect === "Allow")
    .flatMap(({ Action, Resource, NotResource }) => {
      const on = NotResource === undefined ? [Resource].flat().map(nameOf) : [exceptFor(NotResource)];
      return [Action].flat().flatMap((action) => on.map((name) => `${action} ${name}`));
    })
    .filter((right) => !byServices.test(right));
}

function exceptFor(resource: unknown): string {
  const topics = { "Fn::Join": ["", ["arn:", { Ref: "AWS::Partition" }, ":sns:*:*:*"]] };
  return isDeepStrictEqual(resource, topics) ? noTopic : `not ${JSON.stringify(resource)}`;
}

function nameOf(resource: unknown): string {
  const text = JSON.stringify(resource);
  if (text.includes(":sqs:")) return joined(resource);
  const id = /"(?:Ref|Fn::GetAtt)":\[?"(\w+?)[0-9A-F]{8}"/.exec(text)?.[1] ?? text;
  return `${id.replace(/^Tables/, "")}${/\/index\/[^"]*/.exec(text)?.[0] ?? ""}`;
}

/** An ARN that is put together by name, without what only a deployment knows. */
function joined(resource: unknown): string {
  const [, parts] = (resource as { readonly "Fn::Join": readonly [string, readonly unknown[]] })["Fn::Join"];
  return parts.map((part) => (typeof part === "string" ? part : "…")).join("");
}
