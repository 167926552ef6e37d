import { Core } from "/static/current/js/lib/core.js";
import { Timeline } from "/static/current/js/lib/timeline.js";
import { broken } from "./broken.js";
import { claims } from "./claims.js";
import { costly, found } from "./cost.js";
import { live } from "./live.js";
import { run } from "./run.js";

/** Plays seeds, with the deliberately broken core if wrong, and returns the reports. */
globalThis.play = async (from, to, wrong) => {
  const parts = { Core: wrong ? broken(Core) : Core, Timeline };
  const reports = [];
  for (let seed = from; seed <= to; seed++) reports.push(await run(seed, parts));
  return reports;
};

globalThis.live = (seed, at) => live(seed, at, { Core, Timeline });

Object.assign(globalThis, { claims, costly, found });
