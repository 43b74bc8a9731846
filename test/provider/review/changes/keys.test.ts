import type { LiveKey } from "../../../../provider/access/liveOrganization";
import { evaluateMatrix } from "../../../../provider/matrix/evaluate";
import type { ChangeReview, MatrixTarget } from "../../../../provider/review/changes/model";
import { reviewChanges } from "../../../../provider/review/changes/reviewChanges";
import { liveKey, liveOrganization } from "../../../support/live";

const live = liveOrganization({ access: { projects: [{ id: 1, name: "Production" }] } });

/** A matrix with one service account. */
function aimOf(scopes: string, label = "bot"): MatrixTarget {
  const text = `access_matrix: {bot: {Production: {label: ${label}, api_key_scopes: [${scopes}]}}}`;
  const desired = evaluateMatrix(text, { today: "2026-11-20", projects: ["Production"] });
  return { desired, projects: new Map(), members: new Map() };
}

/** A secret key of the project. */
const secret = (label: string, scopes: string[]): LiveKey =>
  liveKey({ kind: "project", owner: undefined, label, scopes, projectIds: [1] });

function changed(
  aim: MatrixTarget,
  over: { base?: MatrixTarget; there?: readonly LiveKey[] | undefined } = {},
): ChangeReview {
  const projectKeys = new Map(over.there === undefined ? [] : [[1, over.there] as const]);
  return reviewChanges(live, aim, { base: over.base, projectKeys });
}

const changesOf = ({ keys }: ChangeReview): string[] =>
  keys.map(({ change, gained, lost }) => `${change} +${gained.join(" ")} -${lost.join(" ")}`);

const query = aimOf("feature_flag:read");
test("these scopes make a project's key, and a personal one", () => {
  expect([query, aimOf("dashboard:read")].map(({ desired }) => desired.keys[0]?.kind)).toEqual([
    "project",
    "personal",
  ]);
});

describe("a project's secret key is compared with those that are there", () => {
  test.each<[string, readonly LiveKey[], string[]]>([
    [
      "and made where none has its label",
      [secret("other", ["feature_flag:read"])],
      ["made +feature_flag:read -"],
    ],
    ["and kept where one is the same", [secret("bot", ["feature_flag:read"])], []],
    [
      "and changed where its scopes differ",
      [secret("bot", ["endpoint:read"])],
      ["changed +feature_flag:read -endpoint:read"],
    ],
  ])("%s", (_, there, expected) => {
    const review = changed(query, { there });
    expect(changesOf(review)).toEqual(expected);
    expect(review).toMatchObject({ hasChanges: expected.length > 0, uncomparedKeys: [] });
  });

  test("also with an earlier matrix that has its label", () => {
    const there = [secret("old", ["feature_flag:read"])];
    expect(changesOf(changed(query, { base: aimOf("feature_flag:read", "old"), there }))).toEqual([
      "changed + -",
    ]);
    expect(changesOf(changed(query, { base: query, there: [] }))).toEqual(["made +feature_flag:read -"]);
  });

  test("unless they cannot be read: then only with the earlier matrix", () => {
    expect(changed(query)).toMatchObject({
      keys: [],
      uncomparedKeys: [{ team: "bot", project: "Production" }],
    });
    expect(changed(query, { base: query })).toMatchObject({ keys: [], uncomparedKeys: [] });
  });
});

test("a personal key is compared with the earlier matrix alone", () => {
  const wanted = aimOf("dashboard:read, insight:read");
  expect(changed(wanted, { there: [] })).toMatchObject({
    hasChanges: false,
    keys: [],
    uncomparedKeys: [{ team: "bot", project: "Production" }],
  });
  expect(changesOf(changed(wanted, { base: aimOf("dashboard:read, cohort:read"), there: [] }))).toEqual([
    "changed +insight:read -cohort:read",
  ]);
});

test("a personal key that becomes a project's key is a change", () => {
  expect(changesOf(changed(query, { base: aimOf("dashboard:read"), there: [] }))).toEqual([
    "changed +feature_flag:read -dashboard:read",
  ]);
});
