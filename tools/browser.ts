import { existsSync } from "node:fs";
import { type Browser, launch } from "puppeteer-core";

/** Paths of Chromium and of browsers based on it. */
const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

const executable = places.find((place) => existsSync(place));

/** Why there is no usable browser; undefined if there is one. */
export const lackingBrowser = executable === undefined ? "no Chromium" : undefined;

/** Starts the system's browser without a window. */
export function startBrowser(): Promise<Browser> {
  return launch({ executablePath: executable, args: ["--no-sandbox", "--disable-gpu"] });
}
