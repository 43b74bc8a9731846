import { withWorld } from "../support/driver";

const analyst = { projectId: 1, user: "analyst@acme.test", accessLevel: "member" };

describe("access of a person to a project", () => {
  test("is set with one write, and setting it again changes nothing", () =>
    withWorld(async ({ resource, run, requests }) => {
      const member = resource("ProjectMember");
      await member.up(analyst);
      expect(member.state).toMatchObject({ email: "analyst@acme.test", accessLevel: "member" });
      expect(member.id).toBe(`1/user/${String(member.state.userUuid)}`);
      run();
      await member.up(analyst);
      expect(requests().filter((request) => !request.startsWith("GET"))).toEqual([]);
    }));
});
