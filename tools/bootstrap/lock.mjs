import { linkSync, mkdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readText, report } from "./shell.mjs";

const POLL_MS = 250;
const HEARTBEAT_MS = 5_000;
const STALE_AFTER_MS = 60_000;

/**
 * Does `work` while no other process does the same. The lock is a file with its holder's process id, touched every few
 * seconds. If its holder has ended or is silent, another process takes the lock over, so an interrupted setup blocks
 * nobody. Touching covers reused process ids, as in every new container.
 */
export async function withLock(file, work) {
  mkdirSync(dirname(file), { recursive: true });
  let reported = false;
  while (!take(file)) {
    const holder = readText(file);
    if (holder !== "" && !(isAlive(Number(holder)) && isFresh(file))) discard(file, holder);
    else if (!reported) {
      report(`• Waiting for process ${holder} to finish the setup ...`);
      reported = true;
    }
    await sleep(POLL_MS);
  }
  const heartbeat = setInterval(() => touch(file), HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if (readText(file) === String(process.pid)) rmSync(file, { force: true });
  }
}

function take(file) {
  // Written first and linked afterwards, so that nobody reads a lock without its holder.
  const own = `${file}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, file);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

function discard(file, holder) {
  // If two processes see the same dead holder, the slower one may move the faster one's new lock: it puts it back.
  const moved = `${file}.dead-${process.pid}`;
  try {
    renameSync(file, moved);
  } catch {
    return;
  }
  if (readText(moved) !== holder) linkSync(moved, file);
  rmSync(moved, { force: true });
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

function isFresh(file) {
  const about = statSync(file, { throwIfNoEntry: false });
  return about === undefined || Date.now() - about.mtimeMs < STALE_AFTER_MS;
}

function touch(file) {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // Another process took the lock, say after this machine slept. Both finish, and each result is complete.
  }
}
