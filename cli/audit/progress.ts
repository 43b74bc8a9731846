import { shownMoment } from "../../provider/audit/moments";

/** Says on the way how far reading has come. */
export interface Progress {
  /** After a page: how many entries so far, and when the last of them was written. */
  at(count: number, moment: string): void;
  /** Takes away what is not to stay. */
  clear(): void;
}

/** No word on the way. */
export const silent: Progress = { at: () => {}, clear: () => {} };

/** One line that is written over again on a terminal, a line a page elsewhere. */
export function progressTo(write: (text: string) => void, isTerminal: boolean): Progress {
  let width = 0;
  const clear = (): void => {
    if (width > 0) write(`\r${" ".repeat(width)}\r`);
    width = 0;
  };
  return {
    clear,
    at(count, moment) {
      const text = `${count.toLocaleString("en")} entries, at ${shownMoment(moment)}`;
      clear();
      write(isTerminal ? text : `${text}\n`);
      if (isTerminal) width = text.length;
    },
  };
}
