import { type Command, InvalidArgumentError } from "commander";
import { printableLines } from "../../provider/access/messages";
import { createHost, noticeText } from "../../provider/engine/host";
import { stackReader } from "../common/connection";
import { jsonOption } from "../common/flags";
import { adoptionAsJson, describeAdoption } from "./describe";
import { adopt } from "./run";
import { ProgramStack } from "./stack";

interface AdoptFlags {
  /** Pulumi stack; the selected one by default. */
  readonly stack?: string;
  /** PostHog's ids by kind and name. */
  readonly id?: ReadonlyMap<string, string>;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Exit code if something was not adopted. */
const exitLeft = 2;

/** Adds `adopt`, which adds existing objects that the program declares to the stack's state. */
export function registerAdopt(program: Command): void {
  program
    .command("adopt")
    .description(
      "add existing objects that the program declares to the stack's state; changes nothing in PostHog",
    )
    .option("-s, --stack <name>", "the Pulumi stack (default: the selected one)")
    .option(
      "--id <kind:name=id>",
      "PostHog's id of a resource that its arguments do not identify; repeatable",
      readId,
    )
    .option("--dry-run", "show what would be adopted, and write nothing")
    .addOption(jsonOption())
    .action(async (flags: AdoptFlags) => {
      const stack = await ProgramStack.open(flags.stack);
      const read = await stackReader(stack.name, "");
      const host = createHost(read, (notice) => say(noticeText(notice)), { readOnly: true });
      const report = await adopt(stack, host, {
        ids: flags.id ?? new Map(),
        dryRun: flags.dryRun === true,
        onProgress: say,
      });
      console.log(flags.json === true ? adoptionAsJson(report) : describeAdoption(report));
      if (report.left.length > 0) process.exitCode = exitLeft;
    });
}

/** Standard error, so that progress does not mix with the report. */
function say(text: string): void {
  console.error(printableLines(text));
}

function readId(text: string, earlier: ReadonlyMap<string, string> = new Map()): Map<string, string> {
  const at = text.lastIndexOf("=");
  const [name, id] = [text.slice(0, at), text.slice(at + 1)];
  if (!/^\w+:./.test(name) || id === "")
    throw new InvalidArgumentError("It must be a resource and its id: Project:production=42.");
  return new Map([...earlier, [name, id]]);
}
