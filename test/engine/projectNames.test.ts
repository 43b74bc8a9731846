import type { Emulator } from "../../emulator";
import type { PulumiStack } from "../../tools/stack";
import { changesOf, javascript, withStack } from "./harness";

/** Two projects, `a` and `b`, in an order and with options. */
const projects = (a: string, b: string): string => `
  const b = new posthog.Project("b", { name: "${b}" });
  const a = new posthog.Project("a", { name: "${a}" });
`;
const inOrder = (a: string, b: string): string => `
  const b = new posthog.Project("b", { name: "${b}" });
  const a = new posthog.Project("a", { name: "${a}" }, { dependsOn: [b] });
`;
/** The one that comes first is declared last, in a component, and the other depends on that. */
const throughComponent = (a: string, b: string): string => `
  const part = new pulumi.ComponentResource("test:Part", "part");
  const first = new posthog.Project("b", { name: "${b}" }, { parent: part, aliases: [{ parent: pulumi.rootStackResource }] });
  new posthog.Project("a", { name: "${a}" }, { dependsOn: part });
`;
/** The name contains an output of the one that comes first. */
const throughOutput = (a: string, b: string): string => `
  const b = new posthog.Project("b", { name: "${b}" });
  new posthog.Project("a", { name: b.projectId.apply(() => "${a}") });
`;

const namesIn = ({ store }: Emulator): string[] =>
  store.projects
    .all()
    .map(({ name }) => name)
    .filter((name) => name !== "Default project")
    .sort();

async function preview(stack: PulumiStack, program: string): Promise<string> {
  await stack.setProgram(javascript(program));
  return (await stack.preview({ fails: true })).text;
}

test("a name that another project releases is refused without dependsOn, and accepted with it, even one at a time", () =>
  withStack(projects("Blue", "Green"), async (stack, emulator) => {
    await stack.up();
    expect(await preview(stack, projects("Green", "Red"))).toMatch(/already called "Green"[\s\S]*dependsOn/);
    expect(await preview(stack, projects("Green", "Blue"))).toMatch(/to swap two names/);
    expect(await preview(stack, inOrder("Green", "Blue"))).toMatch(/to swap two names/);
    expect(namesIn(emulator)).toEqual(["Blue", "Green"]);

    await stack.setProgram(javascript(inOrder("Green", "Red")));
    expect(changesOf(await stack.up({ flags: ["--parallel", "1"] })).sort()).toEqual([
      "update a: name",
      "update b: name",
    ]);
    expect(namesIn(emulator)).toEqual(["Green", "Red"]);
    await stack.preview({ flags: ["--expect-no-changes"] });

    await stack.setProgram(javascript(throughComponent("Red", "White")));
    await stack.up();
    expect(namesIn(emulator)).toEqual(["Red", "White"]);
  }));

test("a project whose name uses another project's outputs is created after it", () =>
  withStack(projects("Blue", "Green"), async (stack, emulator) => {
    await stack.up();
    await stack.setProgram(javascript(throughOutput("Green", "Red")));
    await stack.up();
    expect(namesIn(emulator)).toEqual(["Green", "Red"]);
  }));

test("a new project can take a released name, and two new ones with one name are refused", () =>
  withStack('new posthog.Project("old", { name: "Shop" });', async (stack, emulator) => {
    await stack.up();
    const successor = (options: string) => `
      const old = new posthog.Project("old", { name: "Shop (2025)" });
      new posthog.Project("shop", { name: "shop" }, ${options});
    `;
    expect(await preview(stack, successor("{}"))).toMatch(/already exists[\s\S]*dependsOn/);
    await stack.setProgram(javascript(successor("{ dependsOn: old }")));
    await stack.up();
    expect(namesIn(emulator)).toEqual(["Shop (2025)", "shop"]);

    const twins = ["one", "two"].map((name) => `new posthog.Project("${name}", { name: "Twin" });`);
    expect(await preview(stack, `${successor("{ dependsOn: old }")}${twins.join("")}`)).toMatch(
      /of this program is called "Twin" as well/,
    );
  }));
