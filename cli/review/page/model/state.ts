/** What the page shows, as its address says: everything that a link to the page should bring back. */
export interface ViewState {
  /** Words that must stand in a row: of names, e-mail addresses, roles, keys, scopes. */
  readonly query: string;
  /** Part of a project's name, or its number. */
  readonly project: string;
  /** A level that one of the shown cells must have, or `org:owner` and the like. */
  readonly level: string;
  /** `any`, a severity or a rule. */
  readonly finding: string;
  /** `email`, `name`, `level`, `findings`, `reach` or `project:<number>`. */
  readonly sort: string;
  /** `all`, `people` or `keys`. */
  readonly show: string;
  /** `system`, `light` or `dark`. */
  readonly theme: string;
}

/** What the page shows when its address says nothing. */
export const initialState: ViewState = {
  query: "",
  project: "",
  level: "",
  finding: "",
  sort: "email",
  show: "all",
  theme: "system",
};

/** The state that an address says; what it does not say, or says of nothing that there is, is as at first. */
export function stateOf(hash: string): ViewState {
  const said = new URLSearchParams(hash.replace(/^#/, ""));
  const state = { ...initialState };
  for (const name of stateNames) state[name] = said.get(name) ?? initialState[name];
  return state;
}

/** The address of a state: only what differs from the first one, empty for that itself. */
export function hashOf(state: ViewState): string {
  const said = new URLSearchParams();
  for (const name of stateNames) if (state[name] !== initialState[name]) said.set(name, state[name]);
  const text = said.toString();
  return text === "" ? "" : `#${text}`;
}

/** Whether anything is filtered away. */
export function isFiltered(state: ViewState): boolean {
  return filterNames.some((name) => state[name] !== initialState[name]);
}

/** A state that shows everything, in the same order and colors. */
export function withoutFilters({ sort, theme }: ViewState): ViewState {
  return { ...initialState, sort, theme };
}

const filterNames = ["query", "project", "level", "finding", "show"] as const satisfies (keyof ViewState)[];
const stateNames = [...filterNames, "sort", "theme"] as const;
