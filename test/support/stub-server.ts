// Stands in for the server where a test is about `up` alone: ready at once, drains for a moment.
Bun.serve({
  port: Number(process.env["LINNET_PORT"]),
  hostname: process.env["LINNET_HOST"] ?? "127.0.0.1",
  fetch: () => new Response("ready"),
});
process.on("SIGTERM", () => {
  console.log("drained");
  process.exit(0);
});
