/** What the page shows, as encoded in its address: everything that a link to the page restores. */
export interface ViewState {
  /** Words that a row must contain, in names, e-mail addresses, roles, keys or scopes. */
  readonly query: string;
  /** Part of a project's name, or its id. */
  readonly project: string;
  /** A level that a visible cell must have, or `org:owner` and the like. */
  readonly level: string;
  /** `any`, a severity or a rule. */
  readonly finding: string;
  /** `email`, `name`, `level`, `findings`, `reach` or `project:<id>`. */
  readonly sort: string;
  /** `all`, `people` or `keys`. */
  readonly show: string;
  /** `system`, `light` or `dark`. */
  readonly theme: string;
}

/** The state without an address. */
export const initialState: ViewState = {
  query: "",
  project: "",
  level: "",
  finding: "",
  sort: "email",
  show: "all",
  theme: "system",
};

/** The state in an address; missing values are initial. */
export function stateOf(hash: string): ViewState {
  const params = new URLSearchParams(hash.replace(/^#/, ""));
  const state = { ...initialState };
  for (const name of stateNames) state[name] = params.get(name) ?? initialState[name];
  return state;
}

/** The address of a state: what differs from the initial one. */
export function hashOf(state: ViewState): string {
  const params = new URLSearchParams();
  for (const name of stateNames) if (state[name] !== initialState[name]) params.set(name, state[name]);
  const text = params.toString();
  return text === "" ? "" : `#${text}`;
}

/** Whether a filter is set. */
export function isFiltered(state: ViewState): boolean {
  return filterNames.some((name) => state[name] !== initialState[name]);
}

/** The state without filters, with the same order and colors. */
export function withoutFilters({ sort, theme }: ViewState): ViewState {
  return { ...initialState, sort, theme };
}

const filterNames = ["query", "project", "level", "finding", "show"] as const satisfies (keyof ViewState)[];
const stateNames = [...filterNames, "sort", "theme"] as const;
