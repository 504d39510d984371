# No compatibility flags: the packages need nothing of Node.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (services = [(name = "conformance", worker = .worker)]);

const worker :Workerd.Worker = (
  compatibilityDate = "2025-01-01",
  modules = [
    (name = "drivers/worker.mjs", esModule = embed "drivers/worker.mjs"),
    (name = "dist/suite.js", esModule = embed "dist/suite.js"),
  ],
);
