import { contradictions, type Freedom, type Json } from "../../support/contradictions";

const freedom: Freedom = {
  sentences: ["findings[].message", "notes"],
  values: ["version"],
  sets: ["findings"],
  records: ["log", "findings[].cause"],
};
const finding = { rule: "owners", message: "There is one.", cause: { kind: "none", why: "no log" } };
const log: Json = [{ id: 1, client: "ui" }, { id: 2 }];
const before = {
  version: "0.1.0",
  findings: [finding],
  notes: ["one", "two"],
  levels: ["member", "admin"],
  log,
};

test.each<[what: string, after: Json]>([
  ["the same", before],
  ["another sentence", { ...before, findings: [{ ...finding, message: "Only one." }], notes: [] }],
  ["a version", { ...before, version: "0.2.0" }],
  ["new fields", { ...before, schemaVersion: 1, findings: [{ ...finding, fingerprint: "f" }] }],
  ["more items in a set", { ...before, findings: [{ ...finding, rule: "keys" }, finding] }],
  ["other records with the same fields", { ...before, log: [{ id: 7, client: "cli" }] }],
  [
    "an object of another kind",
    { ...before, findings: [{ ...finding, cause: { kind: "found", who: "ann" } }] },
  ],
])("an output may have %s", (_, after) => {
  expect(contradictions(before, after, freedom)).toEqual([]);
});

test.each<[what: string, after: Json, contradiction: string]>([
  ["a value changed", { ...before, levels: ["member", "owner"] }, 'levels[] was "admin" and is "owner"'],
  ["a list shorter", { ...before, levels: ["member"] }, "levels[] had 2 and has 1"],
  ["a type changed", { ...before, version: 1 }, "version was string and is number"],
  ["a sentence lost", { ...before, notes: [""] }, "notes is no sentence"],
  ["an item of a set lost", { ...before, findings: [] }, `findings[] has no ${JSON.stringify(finding)}`],
  [
    "a field of an object renamed",
    { ...before, findings: [{ ...finding, cause: { kind: "none", reason: "no log" } }] },
    `findings[] has no ${JSON.stringify(finding)}`,
  ],
  ["a field lost in all records", { ...before, log: [{ id: 1 }] }, "log.client is missing"],
  ["a field lost in one record", { ...before, log: [{ client: "ui" }, { id: 1 }] }, "log.id is missing"],
  [
    "a type changed in records",
    { ...before, log: [{ id: "1", client: "ui" }] },
    "log.id was number and is string",
  ],
  ["no records", { ...before, log: [] }, "log is empty"],
])("an output may not have %s", (_, after, contradiction) => {
  expect(contradictions(before, after, freedom)).toEqual([contradiction]);
});

test("a field that is removed is reported as missing", () => {
  const { levels: _, ...after } = before;
  expect(contradictions(before, after, freedom)).toEqual(["levels is missing"]);
});
