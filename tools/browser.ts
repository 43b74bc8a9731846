import { existsSync } from "node:fs";
import { type Browser, launch } from "puppeteer-core";

/** Where systems have Chromium or what is made of it. */
const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

const executable = places.find((place) => existsSync(place));

/** Why no browser can be used here; undefined if one can. */
export const lackingBrowser = executable === undefined ? "no Chromium" : undefined;

/** Starts the system's browser, without a window. */
export function startBrowser(): Promise<Browser> {
  return launch({ executablePath: executable, args: ["--no-sandbox", "--disable-gpu"] });
}
