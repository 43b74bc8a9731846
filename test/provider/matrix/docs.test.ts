import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { entrySettings, projectSettings, teamSettings } from "../../../provider/matrix/schema";
import { repositoryRoot } from "../../../tools/repository";
import { desiredOf, plainMatrix, problemsOf } from "./support";

const page = readFileSync(join(repositoryRoot(), "docs", "access-matrix.md"), "utf8");
const [plain = "", full = ""] = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text]) => text);

test("the page opens with the plain matrix", () => {
  expect(parse(plain)).toEqual(parse(plainMatrix));
});

test("its full example is valid, and grants something to everyone in it", () => {
  expect(problemsOf(full)).toEqual([]);
  const { roles, projects, keys, grants } = desiredOf(full);
  expect(roles.map(({ team }) => team)).toEqual(["data", "web"]);
  expect(projects.map(({ project }) => project)).toEqual(["production_project", "staging_project"]);
  expect(keys.map(({ label }) => label)).toEqual(["Nightly reports"]);
  expect(new Set(grants.map(({ team, user }) => team ?? user ?? "everybody"))).toEqual(
    new Set(["everybody", "auditor@partner.com", "data", "web"]),
  );
});

test("its full example shows every setting", () => {
  const settings = [entrySettings, projectSettings, teamSettings].flatMap(({ shape }) => Object.keys(shape));
  expect(settings.filter((name) => !new RegExp(`\\b${name}:`).test(full))).toEqual([]);
});

test("it lists every problem as the package prints it", () => {
  const broken = plainMatrix
    .replace("role: admin", "role: amdin")
    .replace(
      "    production_project: {role: member, can_view",
      "    prodction_project: {role: member, can_view",
    )
    .replace("insight:read", "insights:read");
  const printed = problemsOf(broken);
  expect(printed).toHaveLength(3);
  for (const line of printed) expect(page).toContain(`  ${line}\n`);
});
