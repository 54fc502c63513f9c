import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deadLetterLogicalIds, deadLetterQueues } from "../../lib/world/queue-names.ts";
import { chainmail } from "../fakes/cli.ts";
import { startDeadLetters } from "../fakes/dead-letters.ts";
import { synthesized } from "../stack/synthesized.ts";

let aws: Awaited<ReturnType<typeof startDeadLetters>>;
const arn = (name: string): string => `arn:aws:lambda:eu-central-1:123456789012:function:${name}`;

beforeEach(async () => {
  aws = await startDeadLetters();
  aws.addQueue("Lab-jobs-dead", "Lab", "VantageJobsDeadLettersA1");
  aws.addQueue("Lab-jobs", "Lab", "VantageJobsQueueA1");
  aws.addQueue("Lab-results-dead", "Lab", "ResultsDeadLettersA1");
  aws.addQueue("Lab-results", "Lab", "ResultsQueueA1");
  aws.addQueue("Lab-runs-dead", "Lab", "RhythmDeadLettersA1");
  aws.addQueue("Lab-2-results-dead", "Lab-2", "ResultsDeadLettersB2");
});
afterEach(() => aws.close());

it("the template's dead letters are called what the command line looks for", () => {
  const ids = Object.keys(synthesized().template.findResources("AWS::SQS::Queue"));
  for (const queue of deadLetterQueues) {
    const { dead, source } = deadLetterLogicalIds[queue];
    for (const wanted of source === null ? [dead] : [dead, source])
      expect(ids.filter((id) => id.startsWith(wanted))).toHaveLength(1);
  }
});

describe("chainmail dlq show", () => {
  it("0 where there are none, a line for each queue of this stack alone", async () => {
    aws.put("Lab-2-results-dead", "{}");
    const { code, out } = await chainmail("dlq", "show", "--stack", "Lab");
    expect(out).toBe("jobs     none\nresults  none\nruns     none\n");
    expect(code).toBe(0);
  });

  it("2 where there are some; hostile content steers no terminal and is cut; they stay, and can be received at once", async () => {
    aws.put("Lab-results-dead", `{"v":9,"x":"\u001b[2J\r\n${"y".repeat(5_000)}"}`);
    aws.put("Lab-runs-dead", "{}", { ERROR_MESSAGE: "Rate exceeded\u202e" });
    const { code, out } = await chainmail("dlq", "show", "--stack", "Lab");
    expect(out).toContain('results  1 in Lab-results-dead\n  2023-11-14T22:13:20.000Z m1\n    {"v":9');
    expect(out).toContain("\\x1b[2J\\x0d\\x0a");
    expect(out).toContain("characters, all of them with --json)");
    expect(out).toContain("    Rate exceeded\\u{202e}\n");
    for (const steers of ["\u001b", "\r", "\u202e"]) expect(out).not.toContain(steers);
    expect(out.length).toBeLessThan(1_500);
    expect(code).toBe(2);
    expect(aws.bodies("Lab-results-dead")).toHaveLength(1);
    expect(aws.hidden("Lab-results-dead")).toBe(0);
  });

  it("shows as many as were asked for, and says how many there are", async () => {
    for (let number = 0; number < 25; number++) aws.put("Lab-jobs-dead", `{"number":${number}}`);
    const { out } = await chainmail("dlq", "show", "--stack", "Lab", "--queue", "jobs", "--most", "12", "--json");
    const { queues } = JSON.parse(out);
    expect(queues).toMatchObject([{ queue: "jobs", name: "Lab-jobs-dead", about: 25 }]);
    expect(queues[0].letters).toHaveLength(12);
    expect(aws.hidden("Lab-jobs-dead")).toBe(0);
  });
});

describe("chainmail dlq replay", () => {
  it("puts each back into the queue that it came from", async () => {
    for (let number = 0; number < 23; number++) aws.put("Lab-jobs-dead", `{"number":${number}}`);
    aws.put("Lab-results-dead", "{}");
    const { code, out } = await chainmail("dlq", "replay", "--stack", "Lab", "--queue", "jobs");
    expect(out).toBe("jobs     23 replayed\n");
    expect(code).toBe(0);
    expect(aws.bodies("Lab-jobs")).toEqual(Array.from({ length: 23 }, (_, number) => `{"number":${number}}`));
    expect(aws.bodies("Lab-jobs-dead")).toEqual([]);
    expect(aws.bodies("Lab-results-dead")).toEqual(["{}"]);
  });

  it.each(["SendMessage", "DeleteMessage"])(
    "nothing is lost where %s fails: it is there, or there twice",
    async (action) => {
      aws.put("Lab-jobs-dead", "{}");
      aws.failing.add(action);
      const { code } = await chainmail("dlq", "replay", "--stack", "Lab", "--queue", "jobs");
      expect(code).toBe(action === "SendMessage" ? 2 : 3);
      expect(aws.bodies("Lab-jobs-dead")).toEqual(["{}"]);
      aws.failing.clear();
    },
  );

  it("what can't be sent stays, and can be received at once", async () => {
    aws.put("Lab-jobs-dead", "{}");
    aws.failing.add("SendMessage");
    const { code, out, err } = await chainmail("dlq", "replay", "--stack", "Lab", "--queue", "jobs");
    expect([code, out]).toEqual([2, "jobs     0 replayed\n"]);
    expect(err).toBe("jobs: m1 stays: SendMessage refused\n");
    expect(aws.hidden("Lab-jobs-dead")).toBe(0);
  });

  it("calls the function of a run again: one that Scheduler couldn't begin, and one that failed twice", async () => {
    aws.put("Lab-runs-dead", '{"v":1,"at":"2026-11-25T03:00:00Z"}', { TARGET_ARN: arn("Lab-PlanFunctionA1-x") });
    const requestContext = { functionArn: arn("Lab-ResolveFunctionA1-x:$LATEST"), condition: "RetriesExhausted" };
    aws.put("Lab-runs-dead", JSON.stringify({ requestContext, requestPayload: { v: 1, at: "2026-11-25T03:05:00Z" } }));
    const { code, out } = await chainmail("dlq", "replay", "--stack", "Lab", "--queue", "runs");
    expect([code, out]).toEqual([0, "runs     2 replayed\n"]);
    expect(aws.called).toEqual([
      { name: "Lab-PlanFunctionA1-x", payload: '{"v":1,"at":"2026-11-25T03:00:00Z"}' },
      { name: "Lab-ResolveFunctionA1-x", payload: '{"v":1,"at":"2026-11-25T03:05:00Z"}' },
    ]);
    expect(aws.bodies("Lab-runs-dead")).toEqual([]);
  });

  it.each([
    ["nothing of the kind", "{}", {}],
    ["no JSON", "{", { TARGET_ARN: arn("Lab-PlanFunctionA1-x") }],
    ["another function", '{"v":1}', { TARGET_ARN: arn("Payroll") }],
    ["no function", '{"v":1}', { TARGET_ARN: "arn:aws:sqs:eu-central-1:123456789012:Lab-PlanFunction" }],
  ])("calls nothing for a message of the runs that is %s", async (_, body, attributes) => {
    aws.put("Lab-runs-dead", body, attributes);
    const { code, err } = await chainmail("dlq", "replay", "--stack", "Lab");
    expect([code, err]).toEqual([2, "runs: m1 stays: this is no run of a function of the stack\n"]);
    expect(aws.called).toEqual([]);
    expect(aws.bodies("Lab-runs-dead")).toEqual([body]);
  });
});

describe("what can't be", () => {
  it.each([
    [
      ["dlq", "show", "--stack", "Other"],
      3,
      "the dead letters of stack 'Other' can't be reached: it has none in this account and region",
    ],
    [
      ["dlq", "show", "--stack", "Lab", "--queue", "outbox"],
      64,
      "stack 'Lab' has no queue 'outbox' in this region, only jobs, results, runs",
    ],
    [["dlq", "show", "--stack", "Lab", "--queue", "letters"], 64, "Allowed choices are jobs, results, outbox, runs"],
    [["dlq", "replay"], 64, "required option '--stack <name>' not specified"],
  ])("%j: %d, in a sentence", async (argv, expected, sentence) => {
    const { code, out, err } = await chainmail(...argv);
    expect(err).toContain(sentence);
    expect([code, out]).toEqual([expected, ""]);
  });

  it("rights that are missing are said", async () => {
    aws.failing.add("ListQueues");
    const { code, err } = await chainmail("dlq", "show", "--stack", "Lab");
    expect(err).toBe("chainmail: the dead letters of stack 'Lab' can't be reached: ListQueues refused\n");
    expect(code).toBe(3);
  });
});
