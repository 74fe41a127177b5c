import { createApp } from "./app.js";
import { readConfig } from "./config.js";
import { createLog } from "./log.js";

const config = readConfig(process.env);
const log = createLog(config.logLevel);
const state = { isReady: false, isStopping: false };
const server = createApp({ log, state });

server.on("error", (error) => {
  log("error", "cannot listen", { error: error.message });
  process.exitCode = 1;
});
server.listen(config.port, () => {
  state.isReady = !state.isStopping;
  log("info", "listening", { port: server.address().port });
});

function stop(signal) {
  if (state.isStopping) return;
  state.isStopping = true;
  state.isReady = false;
  log("info", "stopping", { signal });
  server.close(() => log("info", "stopped"));
  server.closeIdleConnections();
  // Whoever has not finished by then is cut off; the timer alone does not keep the process alive.
  setTimeout(() => server.closeAllConnections(), config.shutdownTimeoutMs).unref();
}
process.on("SIGTERM", () => stop("SIGTERM"));
process.on("SIGINT", () => stop("SIGINT"));
