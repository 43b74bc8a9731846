import { missingSession, normalizeHost, resolveConfiguration } from "../../../provider/posthog/configuration";

const reader = (values: Record<string, string>) => (key: string) => values[key];

describe("the host", () => {
  const good: [string, string][] = [
    ["https://eu.posthog.com", "https://eu.posthog.com"],
    ["https://eu.posthog.com/", "https://eu.posthog.com"],
    ["eu.posthog.com", "https://eu.posthog.com"],
    ["  https://posthog.acme.com/api/  ", "https://posthog.acme.com"],
    ["localhost:8000", "http://localhost:8000"],
    ["127.0.0.1:8000", "http://127.0.0.1:8000"],
    ["[::1]:8000", "http://[::1]:8000"],
    ["localhost.example.com", "https://localhost.example.com"],
    ["127.example.com:8000", "https://127.example.com:8000"],
  ];
  test.each(good)("%s becomes %s", (given, expected) => {
    expect(normalizeHost(given)).toBe(expected);
  });

  const bad: [string, RegExp][] = [
    ["us.i.posthog.com", /accepts events, not management API calls[\s\S]*https:\/\/us\.posthog\.com/],
    ["https://eu.i.posthog.com", /https:\/\/eu\.posthog\.com/],
    ["https://app.posthog.com", /https:\/\/us\.posthog\.com/],
    ["ftp://posthog.acme.com", /scheme/],
    ["https://", /not a URL/],
  ];
  test.each(bad)("%s gives an error with the right one", (given, message) => {
    expect(() => normalizeHost(given)).toThrow(message);
  });
});

describe("the source of a value", () => {
  test("the stack configuration wins over the environment", () => {
    const configuration = resolveConfiguration(reader({ apiKey: "phx_stack" }), {
      POSTHOG_API_KEY: "phx_env",
    });
    expect(configuration.apiKey).toBe("phx_stack");
  });

  test("both names of the key's environment variable work", () => {
    expect(resolveConfiguration(reader({}), { POSTHOG_PERSONAL_API_KEY: "phx_env" }).apiKey).toBe("phx_env");
  });

  test("an empty value counts as none", () => {
    expect(resolveConfiguration(reader({ apiKey: " " }), { POSTHOG_API_KEY: "phx_env" }).apiKey).toBe(
      "phx_env",
    );
  });

  test("the default is PostHog Cloud in the US, with preflight and below Cloud's request limit", () => {
    expect(resolveConfiguration(reader({}), {})).toEqual(
      expect.objectContaining({ host: "https://us.posthog.com", preflight: true, requestsPerMinute: 430 }),
    );
  });

  test("preflight and the request limit can be switched off", () => {
    const configuration = resolveConfiguration(reader({ preflight: "false", requestsPerMinute: "off" }), {});
    expect([configuration.preflight, configuration.requestsPerMinute]).toEqual([false, false]);
  });

  test("the environment switches preflight off for one command, whatever the stack says", () => {
    const environment = { POSTHOG_PREFLIGHT: "False" };
    expect(resolveConfiguration(reader({ preflight: "true" }), environment).preflight).toBe(false);
  });
});

describe("an account", () => {
  const top = {
    apiKey: "phx_top",
    organizationId: "acme",
    email: "bot@acme.test",
    password: "secret",
  };
  const withAccounts = (accounts: unknown): ReturnType<typeof reader> =>
    reader({ ...top, accounts: JSON.stringify(accounts) });

  test("inherits the key for another organization on the same host", () => {
    const configuration = resolveConfiguration(
      withAccounts({ labs: { organizationId: "labs" } }),
      {},
      "labs",
    );
    expect([configuration.apiKey, configuration.organizationId]).toEqual(["phx_top", "labs"]);
  });

  test("never sends credentials to another host", () => {
    const configuration = resolveConfiguration(withAccounts({ eu: { host: "eu.posthog.com" } }), {}, "eu");
    expect([configuration.host, configuration.apiKey, configuration.password]).toEqual([
      "https://eu.posthog.com",
      undefined,
      undefined,
    ]);
  });

  test("with a key of its own does not inherit the organization", () => {
    const configuration = resolveConfiguration(withAccounts({ other: { apiKey: "phx_other" } }), {}, "other");
    expect([configuration.apiKey, configuration.organizationId]).toEqual(["phx_other", undefined]);
  });

  test("that does not exist is an error that lists those that do", () => {
    expect(() => resolveConfiguration(withAccounts({ eu: {} }), {}, "us")).toThrow(
      /unknown account "us"[\s\S]*entries eu/,
    );
  });

  test("with an unknown setting is an error that lists the known ones and repeats no value", () => {
    const attempt = (): unknown =>
      resolveConfiguration(withAccounts({ eu: { apikey: "phx_hush" } }), {}, "eu");
    expect(attempt).toThrow(/may have apiKey, host/);
    expect(attempt).not.toThrow(/phx_hush/);
  });
});

describe("invalid values", () => {
  test("a project key is distinguished from a personal one, without repeating it", () => {
    const attempt = (): unknown => resolveConfiguration(reader({ apiKey: "phc_hush" }), {});
    expect(attempt).toThrow(/project API key: it sends events/);
    expect(attempt).not.toThrow(/phc_hush/);
  });

  test("@current is refused, because it changes", () => {
    expect(() => resolveConfiguration(reader({ organizationId: "@current" }), {})).toThrow(/so it changes/);
  });

  test("a request limit that is not a number is refused", () => {
    expect(() => resolveConfiguration(reader({ requestsPerMinute: "many" }), {})).toThrow(/whole number/);
  });
});

describe("how missing credentials are configured", () => {
  const fixes = (read: Parameters<typeof resolveConfiguration>[0], account?: string) => {
    const { keyFix, sessionFix } = resolveConfiguration(read, {}, account);
    return [keyFix, sessionFix];
  };

  test("in the stack's configuration", () =>
    expect(fixes(reader({}))).toEqual([
      "pulumi config set --secret posthog:apiKey phx_... (or set POSTHOG_API_KEY)",
      "pulumi config set posthog:email <e-mail>; pulumi config set --secret posthog:password <password>; " +
        "with two-factor authentication also run: pulumi config set --secret posthog:totpSecret <secret>",
    ]));

  test("in an account", () => {
    const set = (name: string, value: string, flags = "--secret ") =>
      `pulumi config set ${flags}--path 'posthog:accounts.eu.${name}' ${value}`;
    expect(fixes(reader({ accounts: JSON.stringify({ eu: {} }) }), "eu")).toEqual([
      set("apiKey", "phx_..."),
      `${set("email", "<e-mail>", "")}; ${set("password", "<password>")}; ` +
        `with two-factor authentication also run: ${set("totpSecret", "<secret>")}`,
    ]);
  });

  test.each([[undefined], ["eu"]])("where the reader says, for account %s", (account) => {
    const read = Object.assign(reader({ accounts: JSON.stringify({ eu: {} }) }), {
      fixFor: (missing: { kind: string; account?: string }) => `${missing.kind} of ${missing.account}`,
    });
    expect(fixes(read, account)).toEqual([`key of ${account}`, `session of ${account}`]);
    const { message } = missingSession(resolveConfiguration(read, {}, account));
    expect(message).toMatch(new RegExp(`^no session is configured\\n.*\\n  fix: session of ${account}$`));
  });

  test("not at all where there are some", () =>
    expect(fixes(reader({ apiKey: "phx_a", email: "a@b.test", password: "secret" }))).toEqual([
      undefined,
      undefined,
    ]));
});
