import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import type { Browser, Page } from "puppeteer-core";
import { z } from "zod";
import { renderReviewPage } from "../../cli/review/page";
import { type Emulator, startEmulator } from "../../emulator";
import { lackingBrowser, startBrowser } from "../support/browser";
import { describePart } from "../support/parts";
import { madeUpReview } from "../support/reviews";

const violations = z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) }));

describePart("browser", lackingBrowser, () => {
  jest.setTimeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "pages-"));
  const file = join(folder, "review.html");
  let browser: Browser;
  let emulator: Emulator;
  let page: Page;
  const addresses = (): Record<string, string> => ({ review: `file://${file}`, emulator: emulator.url });

  beforeAll(async () => {
    writeFileSync(file, renderReviewPage(madeUpReview({ people: 300, projects: 12, keys: 9 })));
    [browser, emulator] = await Promise.all([startBrowser(), startEmulator()]);
    page = await browser.newPage();
    await page.setBypassCSP(true);
  });
  afterAll(async () => {
    await Promise.all([browser.close(), emulator.close()]);
    rmSync(folder, { recursive: true });
  });

  async function open(name: string, width = 1400, colors = "light", hash = ""): Promise<void> {
    await page.setViewport({ width, height: 900 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: colors }]);
    await page.goto("about:blank");
    await page.goto(`${addresses()[name]}${hash}`, { waitUntil: "load" });
  }

  /** What an expression is on the page. */
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

  test("the review does not scroll where nothing is", async () => {
    await open("review");
    expect(await value("document.documentElement.scrollHeight <= innerHeight")).toBe(true);
    expect(
      await value(
        "panel.lastElementChild.lastElementChild.getBoundingClientRect().bottom + panel.scrollTop + 20 >= panel.scrollHeight",
      ),
    ).toBe(true);
  });

  test("another order starts at the top, with the numbers in order", async () => {
    await open("review");
    await value("matrix.scrollTop = 4000");
    await page.select("#sort", "name");
    expect(await value("matrix.scrollTop")).toBe(0);
  });

  test("the findings fold and unfold", async () => {
    await open("review");
    const shown = (): Promise<unknown> => value("document.querySelector('.findings').checkVisibility()");
    await page.click(".panel-head .quiet");
    expect(await shown()).toBe(false);
    await page.click(".panel-head .quiet");
    expect(await shown()).toBe(true);
  });

  test("pointing at a cell names the types of resource", async () => {
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

  test("on a phone findings come first, and nothing scrolls inside of the page", async () => {
    await open("review", 380);
    expect(await value("panel.getBoundingClientRect().top < matrix.getBoundingClientRect().top")).toBe(true);
    expect(await value("matrix.scrollHeight - matrix.clientHeight")).toBeLessThanOrEqual(1);
    await value("scrollTo(0, document.documentElement.scrollHeight)");
    await page.waitForSelector('[aria-rowindex="309"]');
  });

  test("without JavaScript the findings and a table are there", async () => {
    await page.setJavaScriptEnabled(false);
    await open("review");
    const text = await page.$eval(".plain", (plain) => plain.textContent ?? "");
    await page.setJavaScriptEnabled(true);
    expect(text).toMatch(/Findings.*Who can do what.*Person or key.*Admin/s);
  });
});
