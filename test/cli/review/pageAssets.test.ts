import { Script } from "node:vm";
import { script, style } from "../../../cli/review/page/assets.generated";
import { pageAssetsPath, pageAssetsText } from "../../../tools/docs/reviewPage";
import { root, textOf } from "../../support/sources";

describe("the script and the style of the review page", () => {
  test("are as `npm run docs` generates them, from sources without type errors", () => {
    expect(textOf(pageAssetsPath)).toBe(pageAssetsText(root));
  }, 60_000);

  test("are complete: the script parses, and braces of the style are closed", () => {
    expect(() => new Script(script)).not.toThrow();
    expect(style.split("{").length).toBe(style.split("}").length);
  });

  test("cannot close the elements that contain them", () => {
    expect(script).not.toMatch(/<\/script|<!--|<script/i);
    expect(style).not.toMatch(/<\/style|<!--/i);
  });

  test("request nothing", () => {
    expect(style).not.toMatch(/url\(|@import|@font-face/);
    expect(script).not.toMatch(
      /\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|\bimport\(|new Image\b/,
    );
    expect(script).not.toMatch(/https?:|\bnew Worker\b|serviceWorker/);
  });

  test("never turn text into markup or code", () => {
    expect(script).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc/,
    );
  });
});
