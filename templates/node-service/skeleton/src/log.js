const order = ["debug", "info", "warn", "error"];

/** A logger that writes one JSON object a line: `log("info", "started", { port })`. */
export function createLog(level, write = (line) => process.stdout.write(line)) {
  const from = order.indexOf(level);
  return (at, message, data = {}) => {
    if (order.indexOf(at) < from) return;
    write(`${JSON.stringify({ time: new Date().toISOString(), level: at, message, ...data })}\n`);
  };
}
