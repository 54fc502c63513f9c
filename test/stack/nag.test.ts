import { AwsSolutionsChecks, ServerlessChecks } from "cdk-nag";
import { describe, expect, it } from "vitest";
import { acknowledgements } from "./nag.ts";
import { type ContextName, contexts, synthesized } from "./synthesized.ts";

interface Finding {
  readonly rule: string;
  readonly path: string;
}

function findingsOf(name: ContextName): readonly Finding[] {
  const { app } = synthesized(contexts[name]);
  return [new AwsSolutionsChecks(app), new ServerlessChecks(app)].flatMap((pack) =>
    pack.validateScope(app).violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath = "" }) => ({
        rule: ruleName,
        path: constructPath.replace(/^[^/]+\//, ""),
      })),
    ),
  );
}

const names = Object.keys(contexts) as ContextName[];
const all = new Map(names.map((name) => [name, findingsOf(name)]));
const covers = (finding: Finding) => (one: (typeof acknowledgements)[number]) =>
  one.rule.test(finding.rule) && one.path.test(finding.path);

describe("cdk-nag, AwsSolutions and Serverless", () => {
  it.each(names)("finds nothing in the context '%s' that wasn't thought about", (name) => {
    expect(all.get(name)?.filter((finding) => !acknowledgements.some(covers(finding)))).toEqual([]);
  });

  it("looked: what is acknowledged is found", () => {
    const found = [...all.values()].flat();
    const idle = acknowledgements.filter((one) => !found.some((finding) => covers(finding)(one)));
    expect(idle.map(({ rule, path }) => `${rule} ${path}`)).toEqual([]);
  });
});
