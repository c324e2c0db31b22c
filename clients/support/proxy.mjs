// A proxy between a client and the server, which fails in the two ways that matter for counting: the server is not
// reached (`refuse`), and its answer is lost (`lose`).

import { createServer, request } from "node:http";

/**
 * Forwards everything to `target`, apart from the next requests that send events: these meet the faults in their
 * order. `sent` lists every request that may carry events, with what became of it.
 */
export async function startProxy(target, { isEvent = () => true } = {}) {
  const proxy = { faults: [], sent: [] };
  const server = createServer((incoming, answer) => {
    const chunks = [];
    incoming.on("data", (chunk) => chunks.push(chunk));
    incoming.on("end", () => {
      const body = Buffer.concat(chunks);
      const carries = incoming.method === "POST" && isEvent(incoming.url);
      const fault = carries ? proxy.faults.shift() : undefined;
      const note = { url: incoming.url, fault, status: null };
      if (carries) proxy.sent.push(note);
      if (fault === "refuse") {
        note.status = 503;
        answer.writeHead(503, {
          connection: "close",
          "retry-after": "1",
          "access-control-allow-origin": incoming.headers.origin ?? "*",
          "access-control-allow-credentials": "true",
        });
        answer.end("busy");
        return;
      }
      const { hostname, port } = new URL(target);
      // The host as the client said it: what the server answers may name it.
      const onward = request(
        { hostname, port, method: incoming.method, path: incoming.url, headers: incoming.headers },
        (theirs) => {
          const parts = [];
          theirs.on("data", (part) => parts.push(part));
          theirs.on("end", () => {
            note.status = theirs.statusCode;
            if (fault === "lose") {
              incoming.socket.destroy();
              return;
            }
            // A browser sends again by itself what fails on a connection that it had used before.
            answer.writeHead(theirs.statusCode, { ...theirs.headers, connection: "close" });
            answer.end(Buffer.concat(parts));
          });
        },
      );
      onward.on("error", () => incoming.socket.destroy());
      onward.end(body);
    });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  proxy.port = server.address().port;
  proxy.url = `http://127.0.0.1:${proxy.port}`;
  proxy.stop = () => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  };
  return proxy;
}
