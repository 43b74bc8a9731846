import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { directWire } from "../../../provider/posthog/directWire";
import { wireFor } from "../../../provider/posthog/http";
import { proxiedWire } from "../../../provider/posthog/proxiedWire";
import { exchangeTimeoutMs, NoAnswerError } from "../../../provider/posthog/wire";

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A server on a free port; it answers as the test says. */
async function listen(answer: Answer) {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += String(chunk);
    });
    request.on("end", () => answer(request, response, body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/path?limit=2`,
    address: `http://127.0.0.1:${port}`,
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const echo: Answer = (request, response, body) => {
  const { method, url, headers } = request;
  response.writeHead(201, {
    "Content-Type": "application/json",
    "Retry-After": "7",
    "Set-Cookie": ["a=1", "b=2"],
  });
  const { authorization, "content-length": length, "accept-encoding": encodings } = headers;
  response.end(JSON.stringify({ method, url, authorization, length, encodings, body }));
};

describe.each([
  ["direct", directWire],
  ["proxied", proxiedWire],
] as const)("the %s wire", (_, wire) => {
  const send = (url: string, body?: string, timeoutMs = exchangeTimeoutMs) =>
    wire(timeoutMs)({
      method: body === undefined ? "GET" : "POST",
      url,
      headers: { Authorization: "x" },
      body,
    });

  async function against<T>(answer: Answer, work: (url: string) => Promise<T>): Promise<T> {
    const server = await listen(answer);
    try {
      return await work(server.url);
    } finally {
      await server.close();
    }
  }

  test("carries method, address, headers and body, and the answer's status, headers and text", async () => {
    const reply = await against(echo, (url) => send(url, '{"name":"Grüße"}'));
    expect(reply.status).toBe(201);
    expect(reply.headers).toMatchObject({
      "content-type": "application/json",
      "retry-after": "7",
      "set-cookie": ["a=1", "b=2"],
    });
    expect(JSON.parse(reply.text)).toMatchObject({
      method: "POST",
      url: "/path?limit=2",
      authorization: "x",
      length: "18",
      body: '{"name":"Grüße"}',
    });
  });

  test.each([
    [204, ""],
    [302, "elsewhere"],
    [500, "<html>"],
  ])("takes the status %d for an answer", async (status, text) => {
    const answer: Answer = (_request, response) => response.writeHead(status, { Location: "/" }).end(text);
    expect(await against(answer, (url) => send(url))).toMatchObject({ status, text });
  });

  test("asks for compressed answers, and unpacks them", async () => {
    const answer: Answer = (request, response) => {
      expect(request.headers["accept-encoding"]).toMatch(/\bgzip\b/);
      response.writeHead(200, { "Content-Encoding": "gzip" }).end(gzipSync('{"é":1}'));
    };
    expect((await against(answer, (url) => send(url))).text).toBe('{"é":1}');
  });

  const broken: [string, Answer, RegExp][] = [
    ["a connection that breaks before the answer", (request) => request.socket.destroy(), /^ECONNRESET$/],
    [
      "one that breaks in the middle of the answer",
      (request, response) => {
        response.writeHead(200, { "Content-Length": 100 }).write("half");
        setTimeout(() => request.socket.destroy(), 20);
      },
      /^E[A-Z_]+$/,
    ],
    ["a server that does not answer in time", () => {}, /^(ETIMEDOUT|ECONNABORTED)$/],
    [
      "one that packs badly",
      (_request, response) => response.writeHead(200, { "Content-Encoding": "gzip" }).end("not packed"),
      /^Z_DATA_ERROR$/,
    ],
  ];
  test.each(broken)("says by its code that no answer came: %s", async (_title, answer, code) => {
    const error: unknown = await against(answer, (url) => send(url, undefined, 300)).catch(
      (thrown) => thrown,
    );
    expect(error).toBeInstanceOf(NoAnswerError);
    expect(error).toMatchObject({ code: expect.stringMatching(code) });
  });

  test("tells a server that is not there from one that broke off", async () => {
    const server = await listen(echo);
    await server.close();
    await expect(send(server.url)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});

describe("the wire for an environment", () => {
  const variables = ["HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"] as const;
  const before = variables.map((name) => [name, process.env[name]] as const);
  afterEach(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  test("goes by way of the proxy that it names", async () => {
    const through: string[] = [];
    const proxy = await listen((request, response) => {
      through.push(String(request.url));
      const { host: _asked, ...headers } = request.headers;
      forward(String(request.url), { headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
      }).end();
    });
    const server = await listen(echo);
    try {
      for (const name of variables) delete process.env[name];
      process.env.http_proxy = proxy.address;
      const reply = await wireFor({ http_proxy: proxy.address })({
        method: "GET",
        url: server.url,
        headers: {},
      });
      expect(reply.status).toBe(201);
      expect(through).toEqual([server.url]);
    } finally {
      await proxy.close();
      await server.close();
    }
  });

  test("goes straight where none is named, or an empty one", async () => {
    const server = await listen(echo);
    try {
      process.env.http_proxy = "http://127.0.0.1:9";
      const reply = await wireFor({ HTTPS_PROXY: "", OTHER: "x" })({
        method: "GET",
        url: server.url,
        headers: {},
      });
      expect(reply.status).toBe(201);
    } finally {
      await server.close();
    }
  });
});
