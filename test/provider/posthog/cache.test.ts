import { Cached, CachedList, perRun } from "../../../provider/posthog/cache";
import { Connection } from "../../../provider/posthog/connection";
import { Gate } from "../../../provider/posthog/gate";
import { Http, type Request } from "../../../provider/posthog/http";
import { listMembers, type Member, removeMember } from "../../../provider/posthog/members";
import {
  getEnvironment,
  listProjects,
  updateEnvironment,
  updateProject,
} from "../../../provider/posthog/projects";
import { addToRole, listRoles, renameRole } from "../../../provider/posthog/roles";

/** Answers that the test releases, in the order of the questions. */
function answers<T>() {
  const waiting: { resolve: (value: T) => void; reject: (error: Error) => void }[] = [];
  return {
    ask: () => new Promise<T>((resolve, reject) => waiting.push({ resolve, reject })),
    answer: (value: T) => waiting.shift()?.resolve(value),
    fail: () => waiting.shift()?.reject(new Error("no answer")),
    get asked() {
      return waiting.length;
    },
  };
}

describe("a value that is read once", () => {
  test("is requested once for any number of simultaneous readers", async () => {
    let reads = 0;
    const value = new Cached(async () => ++reads);
    expect(await Promise.all([value.get(), value.get()])).toEqual([1, 1]);
    expect(await value.get()).toBe(1);
  });

  test("is requested again after a failure, and after it was dropped from the cache", async () => {
    const server = answers<number>();
    const value = new Cached(server.ask);
    const failing = value.get();
    server.fail();
    await expect(failing).rejects.toThrow("no answer");
    const second = value.get();
    server.answer(2);
    expect(await second).toBe(2);
    value.forget();
    const third = value.get();
    server.answer(3);
    expect(await third).toBe(3);
  });

  test("includes a write that landed while it was being read", async () => {
    const server = answers<string[]>();
    const value = new Cached(server.ask);
    const before = value.get();
    const written = value.change((known) => [...known, "written"]);
    const after = value.get();
    server.answer(["read"]);
    await written;
    expect(await before).toEqual(["read"]);
    expect(await after).toEqual(["read", "written"]);
  });

  test("includes several writes, in their order", async () => {
    const server = answers<string[]>();
    const value = new Cached(server.ask);
    void value.get();
    const writes = ["a", "b"].map((text) => value.change((known) => [...known, text]));
    server.answer([]);
    await Promise.all(writes);
    expect(await value.get()).toEqual(["a", "b"]);
  });

  test("is the response to a write, even if an earlier read answers later", async () => {
    const server = answers<string>();
    const value = new Cached(server.ask);
    void value.get();
    value.set("written");
    server.answer("read");
    expect(await value.get()).toBe("written");
  });

  test("is not dropped by the failure of a read that was forgotten", async () => {
    const server = answers<string>();
    const value = new Cached(server.ask);
    const failing = value.get();
    const written = value.change((known) => `${known} and written`);
    value.forget();
    const fresh = value.get();
    server.fail();
    await expect(failing).rejects.toThrow("no answer");
    await written;
    server.answer("fresh");
    expect(await fresh).toBe("fresh");
    expect(await value.get()).toBe("fresh");
    expect(server.asked).toBe(0);
  });

  test("lets a write succeed during a failing read, and is read again", async () => {
    const server = answers<string>();
    const value = new Cached(server.ask);
    const failing = value.get().catch(() => "failed");
    const written = value.change((known) => `${known} and written`);
    server.fail();
    await written;
    expect(await failing).toBe("failed");
    const fresh = value.get();
    server.answer("fresh");
    expect(await fresh).toBe("fresh");
  });
});

describe("a list that is read once", () => {
  const listOf = (...names: string[]) =>
    new CachedList(
      async () => names.map((name, id) => ({ id, name })),
      ({ id }) => id,
    );

  test("reflects what is added, changed and removed", async () => {
    const list = listOf("a", "b");
    await list.list();
    await list.upsert({ id: 2, name: "c" });
    await list.upsert({ id: 0, name: "A" });
    await list.update(1, ({ id, name }) => ({ id, name: `${name}!` }));
    expect(await list.list()).toEqual([
      { id: 0, name: "A" },
      { id: 1, name: "b!" },
      { id: 2, name: "c" },
    ]);
    await list.remove(1);
    expect(await list.get(1)).toBeUndefined();
    expect(await list.get(2)).toEqual({ id: 2, name: "c" });
  });

  test("never changes arrays that it has returned", async () => {
    const list = listOf("a");
    const earlier = await list.list();
    await list.remove(0);
    expect(earlier).toHaveLength(1);
  });

  test("begins with the first write if the server had none", async () => {
    const list = new CachedList<{ id: number }, undefined>(
      async () => undefined,
      ({ id }) => id,
    );
    expect(await list.list()).toBeUndefined();
    await list.upsert({ id: 1 });
    expect(await list.list()).toEqual([{ id: 1 }]);
  });
});

test("a run caches by key, and other runs do not see it", () => {
  const owner = { run: {} };
  const kept = perRun((_: { run: object }, key: number) => ({ key }));
  const first = kept(owner, 1);
  expect(kept(owner, 1)).toBe(first);
  expect(kept(owner, 2)).not.toBe(first);
  owner.run = {};
  expect(kept(owner, 1)).not.toBe(first);
});

/** A connection whose requests the test answers by method and end of the path, when it chooses. */
class Script extends Http {
  private readonly waiting: { name: string; resolve: (value: unknown) => void }[] = [];

  constructor() {
    super("http://127.0.0.1:9", new Gate({ perMinute: false, concurrency: 8 }));
  }

  override async send<T>({ method, path, schema }: Request<T>): Promise<T> {
    const name = `${method} ${path.replace(/\?.*/, "").split("/").slice(4).join("/")}`;
    return schema.parse(await new Promise((resolve) => this.waiting.push({ name, resolve })));
  }

  /** Answers the pending request of that name, once it is sent. */
  async answer(name: string, body: unknown): Promise<void> {
    for (let turn = 0; turn < 50; turn++) {
      const at = this.waiting.findIndex((one) => one.name === name);
      if (at >= 0) return this.waiting.splice(at, 1)[0]?.resolve(body);
      await Promise.resolve();
    }
    throw new Error(`no ${name} among ${this.waiting.map((one) => one.name).join(", ")}`);
  }
}

describe("no write is lost to a concurrent read", () => {
  const organizationId = "018f0000-0000-0000-0000-000000000001";
  const configuration = {
    host: "http://127.0.0.1:9",
    apiKey: "phx_x",
    organizationId,
    preflight: true,
    requestsPerMinute: false,
  } as const;
  const page = (...results: unknown[]) => ({ results, next: null });
  const ann: Member = { id: "m1", user: { id: 1, uuid: "u1", email: "ann@acme.com" }, level: 1 };
  const bob: Member = { id: "m2", user: { id: 2, uuid: "u2", email: "bob@acme.com" }, level: 1 };
  let script: Script;
  let connection: Connection;

  beforeEach(() => {
    script = new Script();
    connection = new Connection(configuration, script);
  });

  test("a member who was removed meanwhile is not in the list", async () => {
    const reading = listMembers(connection);
    const removing = removeMember(connection, ann);
    await script.answer("DELETE members/u1/", {});
    await script.answer("GET members/", page(ann, bob));
    await Promise.all([reading, removing]);
    expect(await listMembers(connection)).toEqual([bob]);
  });

  test("a project's new name is in the list", async () => {
    const project = { id: 4, name: "Old", uuid: "p", organization: organizationId, api_token: "phc_x" };
    const reading = listProjects(connection);
    const renaming = updateProject(connection, 4, { name: "New" });
    await script.answer("PATCH projects/4/", { ...project, name: "New" });
    await script.answer("GET projects/", page(project));
    await Promise.all([reading, renaming]);
    expect(await listProjects(connection)).toMatchObject([{ id: 4, name: "New" }]);
  });

  test("a setting of an environment is not hidden by what was read before", async () => {
    const writing = updateEnvironment(connection, 4, { timezone: "UTC" });
    const reading = getEnvironment(connection, 4);
    await script.answer("GET ", { id: 4, timezone: "Europe/Berlin" });
    await reading;
    await script.answer("PATCH ", { id: 4, timezone: "UTC" });
    await writing;
    expect(await getEnvironment(connection, 4)).toMatchObject({ timezone: "UTC" });
  });

  test("someone who joins a role while it is renamed stays in it", async () => {
    const role = { id: "r1", name: "Old", members: [] };
    const reading = listRoles(connection);
    await script.answer("GET roles/", page(role));
    await reading;
    const renaming = renameRole(connection, role, "New");
    const joining = addToRole(connection, role, ann);
    await script.answer("POST roles/r1/role_memberships/", { id: "rm1", user: ann.user });
    await joining;
    // PostHog made this answer before the membership.
    await script.answer("PATCH roles/r1/", { ...role, name: "New" });
    await renaming;
    expect(await listRoles(connection)).toMatchObject([{ name: "New", members: [{ id: "rm1" }] }]);
  });
});
