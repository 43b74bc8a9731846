import { reviewCsv } from "../../../cli/review/csv";
import { reviewMarkdown } from "../../../cli/review/markdown";
import { renderReviewPage } from "../../../cli/review/page";
import { unpack } from "../../../cli/review/page/model/matrix";
import { packReview } from "../../../cli/review/page/pack";
import { reviewTable } from "../../../cli/review/table";
import type { LiveKey } from "../../../provider/access/liveOrganization";
import { narrowReview, reviewOrganization } from "../../../provider/review/reviewOrganization";
import { liveKey, liveOrganization, liveRule } from "../../support/live";

const width = 100;
const rules = [
  liveRule("none"),
  liveRule("member", { role: "Analysts" }),
  liveRule("viewer", { resource: "insight", role: "Analysts" }),
];

const reviewOf = (...keys: LiveKey[]) => reviewOrganization(liveOrganization({ keys, access: { rules } }));

const three = reviewOf(
  liveKey({ label: "import", scopes: ["dashboard:write", "insight:write"] }),
  liveKey({
    kind: "project",
    owner: undefined,
    label: "=flags",
    scopes: ["feature_flag:read"],
    projectIds: [1],
  }),
  liveKey({ owner: "bob@acme.com", label: "idle|", scopes: [] }),
);

const oneLine = (text: string) => text.replace(/\s+/g, " ");

test("the table shows the owner of each key, what it can do, and its scopes", () => {
  const table = reviewTable(three, width);
  expect(oneLine(table)).toContain(
    "import ann@acme.com editor on Production by its scope dashboard:write (scopes: dashboard:write, insight:write)",
  );
  expect(table).toMatch(/^=flags +a project +viewer on Production by its scope feature_flag:read/m);
  expect(table).toMatch(/^idle\| +bob@acme\.com +nothing: it has no scopes \(scopes: none\)$/m);
  expect(table).not.toContain("type by type");
});

test("a few people are shown with their keys, type by type", () => {
  const table = reviewTable(narrowReview(three, { people: ["ann@acme.com"] }), width);
  const [, types = ""] = table.split("import, type by type");
  expect(types).toMatch(/^Production +dashboard +editor by its scope dashboard:write$/m);
  expect(types).toMatch(/^Production +insight +viewer like its owner, through role Analysts$/m);
});

test("if there are many keys and scopes, the first ones are shown and the rest are counted", () => {
  const scopes = ["a:read", "b:read", "c:read", "d:read", "e:read"];
  const many = reviewOf(...Array.from({ length: 130 }, (_, at) => liveKey({ label: `key ${at}`, scopes })));
  const table = reviewTable(many, width);
  expect(oneLine(table)).toContain("(scopes: a:read, b:read, c:read and 2 more)");
  expect(table).toContain("and 100 other keys: --person shows those of one person");
  expect(reviewMarkdown(many)).toContain("And 30 other keys.");
});

test("table and Markdown do not mention keys if there are none", () => {
  for (const text of [reviewTable(reviewOf(), width), reviewMarkdown(reviewOf())])
    expect(text).not.toMatch(/API KEY|What API keys/);
});

test("Markdown has a row for each key, as plain text", () => {
  const rows = reviewMarkdown(three)
    .split("\n")
    .filter((line) => /^\| (import|=flags|idle)/.test(line));
  expect(rows).toHaveLength(3);
  expect(rows[0]).toContain("editor on Production by its scope dashboard:write");
  expect(rows[2]).toMatch(/^\| idle\\\| \|.* nothing: it has no scopes \|$/);
});

test("the CSV has a row for each type in a key's scopes", () => {
  const rows = [...reviewCsv(three)].join("").split("\r\n");
  const ofKeys = rows.filter((row) => /^(personal|project) key,/.test(row));
  expect(ofKeys.map((row) => row.split(",").slice(5, 12).join(","))).toEqual([
    "import,dashboard:write insight:write,1,Production,dashboard,editor,by its scope dashboard:write",
    'import,dashboard:write insight:write,1,Production,insight,viewer,"like its owner',
    "'=flags,feature_flag:read,1,Production,feature_flag,viewer,by its scope feature_flag:read",
    "idle|,,,,,none,it has no scopes",
  ]);
});

describe("the page", () => {
  test("shows what each key can do, type by type", () => {
    const matrix = unpack(packReview(three));
    const [ofImport] = matrix.subjects.filter(({ key }) => key !== undefined);
    expect(ofImport && matrix.cellsOf(ofImport)).toEqual([
      {
        level: "editor",
        through: "by its scope dashboard:write",
        resources: [
          { resource: "dashboard", level: "editor", through: "by its scope dashboard:write" },
          { resource: "insight", level: "viewer", through: "like its owner, through role Analysts" },
        ],
      },
    ]);
  });

  test("has a legend and filters for the levels of keys", () => {
    const page = renderReviewPage(three);
    expect(page).toContain('<span class="tile editor of-key" aria-hidden="true">E</span>Editor');
    expect(page).toContain('<option value="viewer">Key: viewer</option>');
    expect(page).not.toContain('class="tile manager of-key"');
    expect(renderReviewPage(reviewOf())).not.toContain(">Key: ");
  });
});
