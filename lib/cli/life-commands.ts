/** Commands for the life of a fleet: what failed, moving it, and a stack that was just deployed. */

import { type Command, Option } from "commander";
import { deadLetterQueues } from "../world/queue-names.ts";
import type { ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import { count, dataOptions, duration } from "./options.ts";

export type MakeCommand = (parent: Command, usage: string, description: string, options: readonly Option[]) => Command;

export function lifeCommands(program: Command, command: MakeCommand, io: Io, ended: (code: ExitCode) => void): void {
  const dlq = program.command("dlq").description("what failed again and again in a deployed stack");
  command(dlq, "show", "the dead letters of each queue", [
    ...deadLetterOptions(),
    new Option("--most <n>", "of each queue").argParser(count(1, 1_000)).default(10),
    new Option("--json", "print JSON, with whole messages"),
  ]).action(async (options) => ended(await (await import("./dlq.ts")).showCommand(options, io)));
  command(dlq, "replay", "put them back into their queues, once their cause is gone", deadLetterOptions()).action(
    async (options) => ended(await (await import("./dlq.ts")).replayCommand(options, io)),
  );

  command(program, "export", "print a whole fleet, to be imported elsewhere: customers, incidents, history, record", [
    ...dataOptions(),
  ]).action(async (options) => ended(await (await import("./fleet.ts")).exportCommand(options, io)));
  command(program, "import <file>", "put an exported fleet here; - reads standard input", [
    ...dataOptions(),
    new Option("--yes", "replace what is here"),
  ]).action(async (file, options) => ended(await (await import("./fleet.ts")).importCommand(file, options, io)));

  command(
    program,
    "deploy-check",
    "walk the chain of a deployed stack with a drill, and see what only an account shows",
    [
      stackOption(),
      new Option("--drill <id>", "of this customer or target (default: the first customer)"),
      new Option("--within <duration>", "how long each channel has for each message")
        .argParser(duration(1_000, 3_600_000))
        .default(120_000, "2m"),
    ],
  ).action(async (options) => ended(await (await import("./deploy-check.ts")).deployCheckCommand(options, io)));
}

function stackOption(): Option {
  return new Option("--stack <name>", "of this stack (AWS credentials)").makeOptionMandatory();
}

function deadLetterOptions(): readonly Option[] {
  return [
    stackOption(),
    new Option("--queue <name>", "of this one alone; runs: of the schedule").choices(deadLetterQueues),
  ];
}
