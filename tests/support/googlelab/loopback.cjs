// Preloaded: the server listens on a free port of the loopback only, tells which, and ends with whoever started it.
const { writeSync } = require("node:fs");
const { Server } = require("node:net");

const { listen } = Server.prototype;
Server.prototype.listen = function (...wanted) {
  this.once("listening", () => writeSync(Number(process.env.LOOPBACK_PIPE), `${this.address().port}\n`));
  return listen.call(this, { port: 0, host: "127.0.0.1" }, ...wanted.filter((each) => typeof each === "function"));
};
globalThis.crypto ??= require("node:crypto").webcrypto; // the emulator needs it, Node 18 has it elsewhere
process.stdin.on("end", () => process.exit()).resume();
