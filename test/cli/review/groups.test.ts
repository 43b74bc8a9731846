import { reviewMarkdown } from "../../../cli/review/markdown";
import { reviewTable } from "../../../cli/review/table";
import type { AccessReview } from "../../../provider/review/model";
import { reviewOrganization } from "../../../provider/review/reviewOrganization";
import { liveMember, liveOrganization, liveRule } from "../../support/live";

const names = ["ann", "bob", "carl", "dora", "emil", "fay"];

/** A review of six people who have a direct grant that a role also gives; the first `inRole` are in that role. */
function reviewed(inRole: number): AccessReview {
  return reviewOrganization(
    liveOrganization({
      members: [
        ...names.map((name) => liveMember(name)),
        ...["olga", "otto"].map((name) => liveMember(name, { level: 15 })),
      ],
      access: {
        roles: [
          {
            id: "role-Web",
            name: "Web",
            userUuids: names.slice(0, inRole).map((name) => `user-${name}`),
          },
        ],
        rules: [
          liveRule("none"),
          liveRule("member", { role: "Web" }),
          ...names.map((member) => liveRule("member", { member })),
        ],
      },
    }),
  );
}

test("different fixes are shown with each finding of a group", () => {
  const table = reviewTable(reviewed(1), 200);
  expect(table).toMatch(
    / \(6\)\n {8}ann@acme\.com .*\n {8}fix: Remove the direct .*\n {8}bob@acme\.com .*\n {8}fix: Add/,
  );
  const markdown = reviewMarkdown(reviewed(1));
  expect(markdown).toMatch(/ann\\@acme\.com has [^|]*already grants it\. Fix: Remove the direct grant/);
  expect(markdown).toContain("See each finding.");
});

test("a fix that all findings share is shown once", () => {
  expect(reviewTable(reviewed(6), 200).match(/fix: Remove the direct grant/g)).toHaveLength(1);
  expect(reviewMarkdown(reviewed(6)).match(/Remove the direct grant/g)).toHaveLength(1);
});
