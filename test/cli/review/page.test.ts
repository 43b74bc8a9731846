import { createHash } from "node:crypto";
import * as z from "zod";
import { renderReviewPage } from "../../../cli/review/page";
import { printable } from "../../../provider/access/messages";
import type { AccessReview } from "../../../provider/review/model";
import { madeUpReview } from "../../support/reviews";

const review = madeUpReview({ people: 24, projects: 7, keys: 9 });
const page = renderReviewPage(review);

/** The contents of the page's elements with that name, in order. */
function contents(html: string, name: string): string[] {
  return [...html.matchAll(new RegExp(`<${name}(?: [^>]*)?>([\\s\\S]*?)</${name}>`, "g"))].map(
    ([, content = ""]) => content,
  );
}

/** The data for the page's script. */
function carried(html: string) {
  const texts = z.looseObject({
    people: z.array(z.looseObject({ email: z.string(), name: z.string().optional() })),
    projects: z.array(z.looseObject({ name: z.string() })),
    keys: z.array(z.looseObject({ label: z.string().optional() })).optional(),
    findings: z.array(z.looseObject({ message: z.string() })),
  });
  return texts.parse(JSON.parse(contents(html, "script")[0] ?? ""));
}

/** The page's texts and attributes without script, style and data. */
function markup(html: string): string {
  return html.replace(/<(script|style)[\s\S]*?<\/\1>/g, "");
}

test("projects with the same name are shown with their ids", () => {
  const projects = review.projects.map((project, at) => (at < 2 ? { ...project, name: "Lab" } : project));
  const names = carried(renderReviewPage({ ...review, projects })).projects.map(({ name }) => name);
  expect(names.slice(0, 2)).toEqual(projects.slice(0, 2).map(({ projectId }) => `Lab (${projectId})`));
  expect(names.slice(2)).toEqual(projects.slice(2).map(({ name }) => name));
});

describe("the top of the page shows", () => {
  const text = markup(page)
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");

  test("the organization, the time and the host", () => {
    expect(page).toContain("<title>Northwind Analytics: access review</title>");
    expect(text).toContain("Northwind Analytics Read 23 Nov 2026, 09:30 UTC From eu.posthog.com");
  });

  test("what PostHog keeps no record of, before anything else", () => {
    expect(text).toMatch(
      /^.* eu\.posthog\.com(?: Theme)? Print PostHog keeps no record of changes to roles, .*keep reviews in the repository and compare them\. People 24/,
    );
  });

  test("numbers of people, owners, projects, keys, and findings of each severity", () => {
    expect(text).toContain("People 24 Owners 2 Projects 7 API keys 9");
    expect(text).toMatch(/Findings 3 high .* 4 medium .* 5 low /);
  });

  test("what could not be read, why, and the fix", () => {
    expect(text).toContain("Not read when members last signed in");
    expect(text).toContain("this version of PostHog does not report it. Upgrade PostHog");
  });

  test("that keys were not read", () => {
    const { keys: _, ...withoutKeys } = review;
    expect(markup(renderReviewPage(withoutKeys))).toMatch(/API keys<\/dt><dd[^>]*>not read/);
  });

  test("no omissions if there are none", () => {
    expect(markup(renderReviewPage({ ...review, omissions: [] }))).not.toContain("omissions");
  });
});

describe("the page is self-contained", () => {
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/
    .exec(page)?.[1]
    ?.replaceAll("&#39;", "'");
  const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

  test("its policy forbids every request, and every foreign script and style", () => {
    const [, script = ""] = contents(page, "script");
    const [style = ""] = contents(page, "style");
    expect(policy?.split("; ")).toEqual([
      "default-src 'none'",
      `script-src ${hash(script)}`,
      `style-src ${hash(style)}`,
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
  });

  test("the policy comes before everything that it applies to", () => {
    const at = page.indexOf("Content-Security-Policy");
    expect(page.slice(0, at)).not.toMatch(/<(style|script|link|body)/);
  });

  test("nothing in it refers to another resource", () => {
    expect(markup(page)).not.toMatch(/\b(src|srcset|action|poster|data)=/);
    expect([...markup(page).matchAll(/\bhref="([^"]*)"/g)].map(([, target]) => target)).toEqual(["#matrix"]);
    expect(markup(page)).not.toMatch(/<(link|iframe|object|embed|base|img)\b/);
    expect(markup(page)).not.toMatch(/\son\w+=|\sstyle=/);
  });

  test("ids are unique, and labels and links refer to existing ids", () => {
    const ids = [...markup(page).matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(ids.length).toBeGreaterThan(10);
    expect(new Set(ids).size).toBe(ids.length);
    const named = [...markup(page).matchAll(/\s(?:list|for|aria-labelledby|aria-describedby)="([^"]*)"/g)];
    expect(named.filter(([, id]) => !ids.includes(id))).toEqual([]);
  });

  test("every field has a name for screen readers", () => {
    const labels = contents(page, "label");
    expect(labels.length).toBeGreaterThan(4);
    expect(labels.filter((label) => !/<span class="field-label">[A-Z]/.test(label))).toEqual([]);
    expect(markup(page).match(/<(input|select)\b/g)?.length).toBe(labels.length);
  });
});

describe("no name breaks out of the page", () => {
  const hostile = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "]]></style><img src=x onerror=alert(1)>",
    "\"'&amp;<b>&",
    "\u202Egnp.exe \u2028\u2029",
    "\u05e9\u05dc\u05d5\u05dd \u0639\u0627\u0644\u0645 \u{1F469}\u200D\u{1F4BB}",
    "\uD800",
    "`\\u003cscript\\u003e`",
    "__proto__",
  ];

  function named(name: string): AccessReview {
    const [person, ...people] = review.people;
    const [project, ...projects] = review.projects;
    if (person === undefined || project === undefined) throw new Error("The review is empty.");
    return {
      ...review,
      organization: { ...review.organization, name, host: name },
      readAt: name,
      people: [{ ...person, name, email: name, roles: [name] }, ...people],
      projects: [{ ...project, name }, ...projects],
      keys: [{ kind: "personal", label: name, owner: name, maskValue: name, scopes: [name], access: [] }],
      findings: [
        {
          rule: name,
          severity: "high",
          message: name,
          evidence: [name],
          fix: name,
          subject: {},
          fingerprint: name,
        },
      ],
      omissions: [{ part: "keys", what: name, why: name, fix: name }],
    };
  }

  test.each(hostile)("not %j", (name) => {
    const html = renderReviewPage(named(name));
    const tags = (text: string): string[] => [...text.matchAll(/<\/?[a-z!][^\s>]*/g)].map(([tag]) => tag);
    expect(tags(html)).toEqual(tags(renderReviewPage(named("Name"))));
    const { people, projects, keys, findings } = carried(html);
    const shown = printable(name);
    expect([people[0]?.name, people[0]?.email, projects[0]?.name]).toEqual([shown, shown, shown]);
    expect([keys?.[0]?.label, findings[0]?.message]).toEqual([shown, shown]);
    expect(html).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b]/u);
  });
});

describe("every organization has a page", () => {
  test("one without people, projects and keys", () => {
    const html = renderReviewPage({ ...madeUpReview({ people: 0, projects: 0, keys: 0 }), findings: [] });
    expect(carried(html)).toMatchObject({ people: [], projects: [], keys: [], findings: [] });
    expect(markup(html).match(/<button[^>]* disabled>/g)).toHaveLength(3);
  });

  test.each([
    ["one project", { people: 3, projects: 1, keys: 1 }],
    ["two hundred projects", { people: 30, projects: 200, keys: 3 }],
  ])("one with %s", (_, size) => {
    expect(carried(renderReviewPage(madeUpReview(size))).projects).toHaveLength(size.projects);
  });

  test("one with 5,000 people and 50 projects, in less than 5 MB and 5 seconds", () => {
    const large = madeUpReview({ people: 5_000, projects: 50, keys: 1_000 });
    const start = performance.now();
    const html = renderReviewPage(large);
    expect(performance.now() - start).toBeLessThan(5_000);
    expect(Buffer.byteLength(html)).toBeLessThan(5_000_000);
  });

  test("one where everyone's access differs, and everyone has findings", () => {
    const large = madeUpReview({ people: 5_000, projects: 50, keys: 0 });
    const people = large.people.map((person, index) => ({
      ...person,
      access: person.access.map((one, column) => ({
        ...one,
        through: `rule ${(index * 50 + column) % 40_000}`,
      })),
    }));
    const findings = people.flatMap(({ email }) =>
      large.findings
        .slice(0, 2)
        .map((finding) => ({ ...finding, message: `${email}: a sentence of the usual length.` })),
    );
    expect(Buffer.byteLength(renderReviewPage({ ...large, people, findings }))).toBeLessThan(5_000_000);
  });
});
