import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import type { Browser, Page } from "puppeteer-core";
import * as z from "zod";
import { renderReviewPage } from "../../cli/review/page";
import { type Emulator, type SeedInput, startEmulator } from "../../emulator";
import { lackingBrowser, startBrowser } from "../../tools/browser";
import { describePart } from "../support/parts";
import { madeUpReview } from "../support/reviews";

const violations = z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) }));

/** An organization with this many people and projects, and a rule with a long reason. */
function crowd(people: number, projects: number): SeedInput {
  const emails = Array.from({ length: people }, (_, at) => ({ email: `person${at}@acme.test` }));
  return {
    users: emails,
    organizations: [
      {
        name: "Acme",
        members: emails.map(({ email }, at) => ({ email, level: at === 0 ? "owner" : "member" })),
        projects: Array.from({ length: projects }, (_, at) => ({ name: `Project ${at + 1}`, id: at + 1 })),
        roles: [
          { name: "People who look after everything that customers see", members: ["person1@acme.test"] },
        ],
        accessRules: [
          {
            project: "Project 1",
            role: "People who look after everything that customers see",
            level: "admin",
          },
        ],
      },
    ],
  };
}

describePart("browser", lackingBrowser, () => {
  jest.setTimeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "pages-"));
  const file = join(folder, "review.html");
  let browser: Browser;
  let emulator: Emulator;
  let large: Emulator;
  let page: Page;
  const addresses = (): Record<string, string> => ({ review: `file://${file}`, emulator: emulator.url });

  beforeAll(async () => {
    writeFileSync(file, renderReviewPage(madeUpReview({ people: 300, projects: 12, keys: 9 })));
    [browser, emulator, large] = await Promise.all([
      startBrowser(),
      startEmulator(),
      startEmulator({ seed: crowd(80, 20) }),
    ]);
    page = await browser.newPage();
    await page.setBypassCSP(true);
  });
  afterAll(async () => {
    await Promise.all([browser.close(), emulator.close(), large.close()]);
    rmSync(folder, { recursive: true });
  });

  async function open(name: string, width = 1400, colors = "light", hash = ""): Promise<void> {
    await page.setViewport({ width, height: 900 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: colors }]);
    await page.goto("about:blank");
    await page.goto(`${addresses()[name]}${hash}`, { waitUntil: "load" });
  }

  /** An expression's value on the page. */
  const value = (expression: string): Promise<unknown> => page.evaluate(expression);

  describe.each(["review", "emulator"])("the page of the %s", (name) => {
    test.each([
      [1400, "light"],
      [1400, "dark"],
      [380, "light"],
      [380, "dark"],
    ])("is accessible at %d pixels, %s", async (width, colors) => {
      await open(name, width, colors);
      await page.evaluate(axe.source);
      const found = violations.parse(await value("axe.run().then(({ violations }) => violations)"));
      expect(found.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    });

    test.each([1400, 380])("is not wider than %d pixels", async (width) => {
      await open(name, width);
      expect(await value("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    });
  });

  test("the review does not scroll into empty space", async () => {
    await open("review");
    expect(await value("document.documentElement.scrollHeight <= innerHeight")).toBe(true);
    expect(
      await value(
        "panel.lastElementChild.lastElementChild.getBoundingClientRect().bottom + panel.scrollTop + 20 >= panel.scrollHeight",
      ),
    ).toBe(true);
  });

  const choices: [string, number, () => Promise<unknown>][] = [1400, 380].flatMap((width) => [
    ["the order", width, () => page.select("#sort", "name")],
    ["the level", width, () => page.select("#level", "member")],
    ["the findings", width, () => page.select("#finding", "any")],
    ["people or keys", width, () => page.select("#show", "people")],
    ["a word", width, () => page.type("#query", "e")],
    ["the projects", width, () => page.type("#project", "web")],
    ["a project's column", width, () => value("document.querySelector('.project').click()")],
    ["the first column", width, () => value("document.querySelector('.corner').click()")],
    ["a severity", width, () => value("document.querySelector('[data-finding]').click()")],
  ]);

  test.each(choices)("another choice of %s shows the first row, at %d pixels", async (_, width, choose) => {
    await open("review", width);
    await value("(matrix.scrollTop = 4000, matrix.scrollIntoView(), scrollBy(0, 4000))");
    await choose();
    expect(await value("matrix.scrollTop")).toBe(0);
    await page.waitForSelector('[aria-rowindex="2"]', { timeout: 2_000 });
    expect(await value("matrix.getBoundingClientRect().top")).toBeGreaterThan(-1);
  });

  test("names with numbers are sorted by number", async () => {
    await open("review");
    const names: unknown = await value(
      "[...document.querySelectorAll('.who-detail')].map((it) => it.textContent)",
    );
    const shown = z.array(z.string()).parse(names);
    expect(shown).toEqual([...shown].sort(new Intl.Collator("en", { numeric: true }).compare));
    expect(shown.length).toBeGreaterThan(10);
  });

  test("the findings fold and unfold", async () => {
    await open("review");
    const shown = (): Promise<unknown> => value("document.querySelector('.findings').checkVisibility()");
    await page.click(".panel-head .quiet");
    expect(await shown()).toBe(false);
    await page.click(".panel-head .quiet");
    expect(await shown()).toBe(true);
  });

  test("pointing at a cell shows the resource types", async () => {
    await open("review");
    await page.hover(".cell.has-rules");
    expect(await value("tooltip.textContent")).toMatch(/: (Viewer|Editor|Manager|No access)/);
  });

  test("the colors are called Auto, Light and Dark", async () => {
    await open("review");
    const names = [];
    for (let turn = 0; turn < 3; turn += 1) {
      names.push(await value("document.getElementById('theme-name').textContent"));
      await page.click("#theme");
    }
    expect(names).toEqual(["Auto", "Light", "Dark"]);
  });

  test("on a phone, findings come first, and nothing scrolls inside the page", async () => {
    await open("review", 380);
    expect(await value("panel.getBoundingClientRect().top < matrix.getBoundingClientRect().top")).toBe(true);
    expect(await value("matrix.scrollHeight - matrix.clientHeight")).toBeLessThanOrEqual(1);
    await value("scrollTo(0, document.documentElement.scrollHeight)");
    await page.waitForSelector('[aria-rowindex="309"]');
  });

  test("the emulator's page prints every person and project, and then shows the screen's rows again", async () => {
    await page.setViewport({ width: 1400, height: 900 });
    await page.goto(large.url, { waitUntil: "load" });
    const shown =
      "[document.querySelectorAll('tbody')[0].rows.length, main.textContent.includes('Project 20')]";
    expect(await value(shown)).toEqual([60, false]);
    await value(`addEventListener("beforeprint", () => {
      printed = [...document.querySelectorAll("section:first-of-type table")].map(({ rows }) => [rows.length, rows[0].cells.length]);
      lines = main.textContent;
    }); undefined`);
    await page.pdf();
    expect(await value("printed")).toEqual([
      [81, 10],
      [81, 10],
      [81, 6],
    ]);
    expect(await value("/person79@acme.test/.test(lines) && /Project 20 /.test(lines)")).toBe(true);
    expect(await value(shown)).toEqual([60, false]);
  });

  test("the emulator's printed page is not wider than the paper", async () => {
    await page.goto(large.url, { waitUntil: "load" });
    await page.emulateMediaType("print");
    await page.setViewport({ width: 1046, height: 720 });
    await value("dispatchEvent(new Event('beforeprint'))");
    const width = await value("document.documentElement.scrollWidth");
    await value("dispatchEvent(new Event('afterprint'))");
    await page.emulateMediaType();
    expect(width).toBeLessThanOrEqual(1046);
  });

  test("the findings and a table show without JavaScript", async () => {
    await page.setJavaScriptEnabled(false);
    await open("review");
    const text = await page.$eval(".plain", (plain) => plain.textContent ?? "");
    await page.setJavaScriptEnabled(true);
    expect(text).toMatch(/Findings.*Who can do what.*Person or key.*Admin/s);
  });
});
