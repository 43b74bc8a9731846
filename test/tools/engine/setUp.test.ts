import { createServer, type RequestListener } from "node:http";
import { refuseInstaller } from "../../../tools/engine/setUp";

async function withSite(answer: RequestListener, body: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  try {
    await body(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/install.sh`);
  } finally {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
}

test("a download site that answers is tried", () =>
  withSite(
    (_request, response) => response.end(),
    async (url) => expect(await refuseInstaller(url)).toBeUndefined(),
  ));

test("a proxy's refusal is the reason, with its status", () =>
  withSite(
    (_request, response) => response.writeHead(403).end(),
    async (url) => expect(await refuseInstaller(url)).toMatch(/^127\.0\.0\.1:\d+ answered 403$/),
  ));

test("a site that does not answer is the reason, with the network's error", async () => {
  let closed = "";
  await withSite(
    (_request, response) => response.end(),
    async (url) => {
      closed = url;
    },
  );
  expect(await refuseInstaller(closed)).toMatch(/^127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\)$/);
});

test("the check gives up within seconds if a network drops everything", () =>
  withSite(
    () => {},
    async (url) => expect(await refuseInstaller(url)).toMatch(/cannot be reached \(no answer within 5 s\)$/),
  ));
