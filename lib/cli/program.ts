/** All commands with their options. Each action's code is loaded when it runs, so that a probe doesn't wait for a web server. */

import { Command, CommanderError, Option } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { incidentClasses } from "../model/incident.ts";
import { InputError, UnavailableError } from "../model/input-error.ts";
import { type ExitCode, unavailable, wrongUsage } from "./exit.ts";
import type { Io } from "./io.ts";
import { lifeCommands, type MakeCommand } from "./life-commands.ts";
import {
  commaList,
  costOptions,
  dataOption,
  dataOptions,
  duration,
  ehloOption,
  lookOptions,
  mailbox,
  pace,
  pagesUrl,
  portNumber,
  requirement,
  resolverOption,
  tlsMode,
  tlsStart,
} from "./options.ts";

/** Runs one command line (without `node` and the script) and answers its exit code. */
export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = 0;
  const program = commands(io, (outcome) => {
    code = outcome;
  });
  try {
    await program.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    if (error instanceof UnavailableError) {
      io.stderr.write(`chainmail: ${error.message}\n`);
      return unavailable;
    }
    if (!(error instanceof CommanderError || error instanceof InputError)) throw error;
    io.stderr.write(`chainmail: ${sentence(error)}\n`);
    return wrongUsage;
  }
}

/** Commander puts its hints on lines of their own, and a missing command is help to it; a wrong usage is one sentence. */
function sentence(error: CommanderError | InputError): string {
  if (error instanceof CommanderError && error.code === "commander.help")
    return "a command is missing: see 'chainmail --help'";
  return error.message
    .replace(/^error: /, "")
    .replace(" is invalid. ", ": ")
    .replace(/\s*\n\s*/g, " ")
    .trim();
}

function commands(io: Io, ended: (code: ExitCode) => void): Command {
  const program = new Command("chainmail")
    .description("Is every hop of internet → gateway → mail server encrypted, right now?")
    .version(packageJson.version, "--version", "print the version")
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      // Errors are told once, by run().
      writeErr: () => {},
    });

  const command: MakeCommand = (parent, usage, description, options) => {
    const made = parent.command(usage).description(description).allowExcessArguments(false);
    for (const option of options) made.addOption(option);
    return made;
  };

  command(program, "probe <target>", "one light probe of a host, an address, or with --mx of a domain's hosts", [
    ...lookOptions(),
    new Option("--mx", "treat the target as a domain: probe its MX hosts"),
    new Option("--server-name <name>", "the name to send (SNI) and to find in the certificate"),
    new Option("--ip <family>", "only this address family").choices(["4", "6"]),
    tlsStart(),
    new Option("--from <address>", "also say MAIL FROM").argParser(mailbox),
    new Option("--to <address>", "also say RCPT TO; never DATA").argParser(mailbox),
  ]).action(async (target, options) => ended(await (await import("./probe.ts")).probeCommand(target, options, io)));

  command(program, "scan <target>", "all protocols, suites and groups that a host would accept", [
    ...lookOptions(),
    new Option("--mx", "treat the target as a domain: scan its MX hosts"),
    new Option("--server-name <name>", "the name to send (SNI) and to find in the certificate"),
    new Option("--ip <family>", "only this address family").choices(["4", "6"]),
    tlsStart(),
    new Option("--grade", "ask only what the grades need: a dozen connections, one at a time").conflicts("since"),
    new Option("--pace <pace>", "connections to one host, such as 1/5m: one in five minutes").argParser(pace),
    new Option("--intrusive", "also look for flaws that a server may take amiss: heartbleed, early-ccs, robot, …"),
    new Option("--skip <flaws>", "don't look for these flaws: names, separated by commas").argParser(commaList),
    new Option("--markdown", "print a report in Markdown").conflicts("json"),
    new Option("--since <file>", "also say what changed since a scan that was printed with --json").conflicts([
      "json",
      "markdown",
    ]),
  ]).action(async (target, options) => ended(await (await import("./scan.ts")).scanCommand(target, options, io)));

  command(program, "check <domain>", "the whole chain of one domain", [
    ...lookOptions(),
    new Option("--gateway <hosts>", "the gateway's MX hosts, host or host:port, separated by commas"),
    new Option("--downstream <servers>", "the customer's own servers, host or host:port, separated by commas"),
    tlsMode(),
    requirement(),
  ]).action(async (domain, options) => ended(await (await import("./check.ts")).checkCommand(domain, options, io)));

  command(program, "up", "all steps in one process: schedule, store, API and page; without customers the demo", [
    dataOption(),
    new Option("--customers <file>", "the customers file (YAML, JSON or CSV), imported at the start"),
    new Option("--yes", "import it also when it removes more than 5 % of the customers"),
    new Option("--port <port>", "of the API and the page").argParser(portNumber).default(8025),
    new Option("--listen <address>", "where the API and the page listen").default("127.0.0.1"),
    new Option("--url <url>", "where people reach the page, behind a proxy: messages link to it").argParser(pagesUrl),
    new Option("--every <duration>", "how often each target is looked at")
      .argParser(duration(1_000, 3_600_000))
      .default(300_000, "5m"),
    new Option("--ca <file>", "trust these certificates (PEM) as well"),
    new Option("--timeout <duration>", "for one probe").argParser(duration(100, 600_000)).default(30_000, "30s"),
    new Option("--alerts <file>", "append each message of an incident as one JSON line"),
    resolverOption(),
    ehloOption(),
  ]).action(async (options) => ended(await (await import("./up.ts")).upCommand(options, io)));

  const customers = program.command("customers").description("who is watched");
  command(customers, "import <file>", "make the file's customers the ones that are watched", [
    ...dataOptions(),
    resolverOption(),
    new Option("--dry-run", "print what would change, change nothing"),
    new Option("--partial", "leave out customers with errors instead of refusing the file"),
    new Option("--yes", "also when it removes more than 5 % of the customers"),
  ]).action(async (file, options) => ended(await (await import("./customers.ts")).importCommand(file, options, io)));
  command(customers, "list", "one line a customer", [...dataOptions(), new Option("--json", "print JSON")]).action(
    async (options) => ended(await (await import("./customers.ts")).listCommand(options, io)),
  );
  command(customers, "export", "print a customers file that imports to the same", [
    ...dataOptions(),
    new Option("--json", "JSON instead of YAML"),
  ]).action(async (options) => ended(await (await import("./customers.ts")).exportCommand(options, io)));
  command(customers, "remove <ids...>", "stop watching these customers", dataOptions()).action(async (ids, options) =>
    ended(await (await import("./customers.ts")).removeCommand(ids, options, io)),
  );
  command(
    customers,
    "subscribe <address>",
    "send messages again to a contact that unsubscribed, at its reader's request",
    dataOptions(),
  ).action(async (address, options) =>
    ended(await (await import("./customers.ts")).subscribeCommand(address, options, io)),
  );

  const incidents = command(program, "incidents", "open incidents, and the latest messages", [
    ...dataOptions(),
    new Option("--json", "print JSON"),
  ]).action(async (options) => ended(await (await import("./incidents.ts")).incidentsCommand(options, io)));
  command(incidents, "ack <id>", "acknowledge an incident: no reminders", [
    ...dataOptions(),
    new Option("--by <name>", "who acknowledges").default("the command line"),
  ]).action(async (id, _options, made) =>
    ended(await (await import("./incidents.ts")).acknowledgeCommand(id, made.optsWithGlobals(), io)),
  );

  command(program, "cost", "what a fleet costs on AWS in a month", costOptions()).action(async (options) =>
    ended((await import("./cost.ts")).costCommand(options, io)),
  );

  lifeCommands(program, command, io, ended);

  const vantage = program.command("vantage").description("whose eyes are believed");
  command(vantage, "list", "each vantage: sees, doubtful or blind", dataOptions()).action(async (options) =>
    ended(await (await import("./vantage.ts")).vantagesCommand(options, io)),
  );
  command(vantage, "trust <id>", "believe what a vantage sees, though everything changed at once", [
    ...dataOptions(),
    new Option("--by <name>", "who says so").makeOptionMandatory(),
    new Option("--for <duration>", "how long").argParser(duration(60_000, 7 * 86_400_000)).default(86_400_000, "24h"),
  ]).action(async (id, options) => ended(await (await import("./vantage.ts")).trustCommand(id, options, io)));

  const breaker = command(program, "breaker", "what is held because too much opened at once", dataOptions()).action(
    async (options) => ended(await (await import("./breaker.ts")).breakerCommand(options, io)),
  );
  const decides = new Option("--by <name>", "who decides").makeOptionMandatory();
  command(breaker, "release", "it is true: tell it now", [...dataOptions(), decides]).action(async (_options, made) =>
    ended(await (await import("./breaker.ts")).releaseCommand(made.optsWithGlobals(), io)),
  );
  command(breaker, "keep", "hold it for longer", [
    ...dataOptions(),
    decides,
    new Option("--for <duration>", "from now on").argParser(duration(60_000, 7 * 86_400_000)).makeOptionMandatory(),
  ]).action(async (_options, made) =>
    ended(await (await import("./breaker.ts")).keepCommand(made.optsWithGlobals(), io)),
  );

  const subscription = program.command("subscription").description("who listens at a stack's SNS topic");
  command(
    subscription,
    "confirm <link>",
    "confirm by the link of SNS's mail, so that no link in a mail can end it (AWS credentials)",
    [],
  ).action(async (link) => ended(await (await import("./subscription.ts")).confirmCommand(link, io)));
  command(subscription, "list", "each subscription, as the stack saw it last", dataOptions()).action(async (options) =>
    ended(await (await import("./subscription.ts")).subscriptionsCommand(options, io)),
  );

  const silence = program.command("silence").description("when nobody is to be told");
  command(silence, "add", "hold back what is owed until the silence ends, and tell it then if it still holds", [
    ...dataOptions(),
    new Option("--customer <id>", "incidents of this customer's own servers"),
    new Option("--host <host>", "incidents of this host, address or address:port"),
    new Option("--class <class>", "incidents of this class").choices(incidentClasses),
    new Option("--for <duration>", "how long from now, like 4h or 2d; at most 90d"),
    new Option("--until <time>", "until when, like 2026-12-01T22:00Z"),
    new Option("--reason <text>", "why").makeOptionMandatory(),
    new Option("--by <name>", "who silences").default("the command line"),
  ]).action(async (options) => ended(await (await import("./silence.ts")).addCommand(options, io)));
  command(silence, "list", "silences, and the maintenance windows of the customers file", [
    ...dataOptions(),
    new Option("--json", "print JSON"),
  ]).action(async (options) => ended(await (await import("./silence.ts")).listCommand(options, io)));
  command(silence, "remove <id>", "end a silence now", dataOptions()).action(async (id, options) =>
    ended(await (await import("./silence.ts")).removeCommand(id, options, io)),
  );

  command(program, "verify", "walk the record of incidents: was anything changed, removed or put in", [
    ...dataOptions(),
    new Option("--json", "print JSON"),
  ]).action(async (options) => ended(await (await import("./verify.ts")).verifyCommand(options, io)));

  command(program, "status <customer>", "a customer's chains and their verdicts", [
    ...dataOptions(),
    new Option("--json", "print JSON as the API does"),
    everyOption(),
  ]).action(async (id, options) => ended(await (await import("./status.ts")).statusCommand(id, options, io)));

  const token = program.command("token").description("who may read the status");
  command(token, "create", "print a new token, once", [
    ...dataOptions(),
    new Option("--customer <id>", "for this customer alone; without it for the operator"),
  ]).action(async (options) => ended(await (await import("./token.ts")).createCommand(options, io)));
  command(token, "revoke <token>", "make a token worthless", dataOptions()).action(async (value, options) =>
    ended(await (await import("./token.ts")).revokeCommand(value, options, io)),
  );

  command(program, "drill <id>", "a made-up loss of a customer or a target, told as a real one and marked as a drill", [
    ...dataOptions(),
    new Option("--within <duration>", "how long each channel has for each message")
      .argParser(duration(1_000, 3_600_000))
      .default(120_000, "2m"),
    new Option("--ca <file>", "trust these certificates (PEM) of the mail relay as well"),
    new Option("--json", "print JSON"),
  ]).action(async (id, options) => ended(await (await import("./drill.ts")).drillCommand(id, options, io)));

  command(program, "notify", "check that messages arrive", [
    new Option("--test", "send a sample of each kind").makeOptionMandatory(),
    new Option("--customers <file>", "the file whose notify block names the channels"),
    new Option("--ca <file>", "trust these certificates (PEM) of the mail relay as well"),
    ...dataOptions(),
  ]).action(async (options) => ended(await (await import("./notify.ts")).notifyCommand(options, io)));

  command(
    program,
    "doctor",
    "can this place do the job: port 25, names, DNS, clock, store; with --stack: who is reached",
    [...dataOptions(), resolverOption(), ehloOption(), new Option("--json", "print JSON")],
  ).action(async (options) => ended(await (await import("./doctor.ts")).doctorCommand(options, io)));

  return program;
}

function everyOption(): Option {
  return new Option("--every <duration>", "the interval of the schedule: older than three is stale")
    .argParser(duration(1_000, 3_600_000))
    .default(300_000, "5m");
}
