import { unknownValue } from "../../../provider/engine/unknown";
import { handlers } from "../../../provider/handlers";
import { withWorld } from "../../support/driver";

/** For each kind with settings to clear: arguments that set some, the same with `unset`, and the same with null. */
const kinds = [
  [
    "Project",
    {
      set: { name: "Shop", settings: { productDescription: "A shop", appUrls: ["https://acme.test"] } },
      unset: {
        name: "Shop",
        settings: { appUrls: ["https://acme.test"] },
        unset: ["productDescription"],
      },
      nulls: { name: "Shop", settings: { appUrls: ["https://acme.test"], productDescription: null } },
      conflict: { name: "Shop", settings: { productDescription: "x" }, unset: ["productDescription"] },
      refused: { name: "Shop", unset: ["anonymizeIps"] },
      misspelled: { name: "Shop", unset: ["productDescripton"] },
      open: { name: "Shop", unset: unknownValue },
    },
  ],
  [
    "OrganizationSettings",
    {
      set: { defaultExperimentStatsMethod: "bayesian", membersCanInvite: true },
      unset: { unset: ["defaultExperimentStatsMethod"], membersCanInvite: true },
      nulls: { defaultExperimentStatsMethod: null, membersCanInvite: true },
      conflict: { defaultExperimentStatsMethod: "bayesian", unset: ["defaultExperimentStatsMethod"] },
      refused: { unset: ["name"] },
      misspelled: { unset: ["defaultExperimentStatMethod"] },
      open: { unset: unknownValue },
    },
  ],
] as const;

test("every kind that can clear settings is covered", () => {
  const clearing = [...handlers.keys()].filter(
    (type) => "unset" in (handlers.get(type)?.definition.args.shape ?? {}),
  );
  expect(clearing).toEqual(kinds.map(([type]) => type));
});

describe.each(kinds)("%s", (type, { set, unset, nulls, conflict, refused, misspelled, open }) => {
  test("unset clears like null, and equals it", () =>
    withWorld(async ({ resource, run }) => {
      const it = resource(type);
      await it.up(set);
      run();
      const difference = await it.diff(unset);
      expect(difference.changes).toBe(true);
      expect(difference.changed).toContainEqual({ name: "unset", kind: "add", replaces: false });
      const { outputs } = await it.up(unset);
      expect(outputs.unset).toEqual(unset.unset);
      expect(JSON.stringify(outputs.settings ?? {})).not.toContain("null");
      run();
      expect((await it.diff(unset)).changes).toBe(false);
      expect((await it.diff(nulls)).changes).toBe(false);
      await it.up(nulls);
      expect((await it.diff(unset)).changes).toBe(false);
    }));

  test("a value in a cleared setting is drift, and the next update clears it again", () =>
    withWorld(async ({ resource, run }) => {
      const it = resource(type);
      await it.up(unset);
      run();
      const byHand = resource(type, "by hand");
      byHand.remember(it.id, it.state, it.inputs);
      await byHand.up(set);
      run();
      const refreshed = await it.refresh();
      expect(refreshed?.inputs.unset).toEqual([]);
      const { changes, changed } = await it.diff(unset);
      expect(changes).toBe(true);
      expect(changed).toContainEqual({ name: "unset", kind: "update", replaces: false });
      await it.up(unset);
      run();
      expect((await it.refresh())?.inputs.unset).toEqual(unset.unset);
      expect((await it.diff(unset)).changes).toBe(false);
    }));

  test("refuses names that cannot be cleared, and settings that also have a value", () =>
    withWorld(async ({ resource }) => {
      expect(await resource(type, "1").refusals(conflict)).toEqual([
        expect.stringContaining("also has a value"),
      ]);
      expect(await resource(type, "2").refusals(refused)).toEqual([
        expect.stringContaining("cannot be cleared"),
      ]);
      expect(await resource(type, "3").refusals(misspelled)).toEqual([
        expect.stringContaining("did you mean"),
      ]);
    }));

  test("accepts unknown names, and plans a change", () =>
    withWorld(async ({ resource }) => {
      const it = resource(type);
      await it.up(set);
      expect(await it.refusals(open)).toEqual([]);
      expect((await it.diff(open)).changed).toContainEqual({ name: "unset", kind: "add", replaces: false });
    }));
});
