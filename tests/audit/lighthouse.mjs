// Audit URLs with Lighthouse as on a mid-range phone: node lighthouse.mjs RUNS CHROMIUM FLAG... < URLS
//
// Standard input has a JSON array of URLs. Each line of standard output is the JSON of a run: its URL, the scores from 0
// to 100, the metrics (milliseconds; layout shift without a unit) and the ids of failed audits. The first run of a URL
// has all categories; the others repeat only what varies.
import { argv, stdin } from "node:process";

import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const [runs, chromePath, ...chromeFlags] = argv.slice(2);
const METRICS = {
  lcp: "largest-contentful-paint",
  tbt: "total-blocking-time",
  cls: "cumulative-layout-shift",
};

let input = "";
for await (const chunk of stdin) input += chunk;

const chrome = await launch({ chromePath, chromeFlags, ignoreDefaultFlags: false });
try {
  for (const url of JSON.parse(input)) {
    for (let run = 0; run < Number(runs); run++) {
      const { lhr } = await lighthouse(url, {
        port: chrome.port,
        logLevel: "silent",
        disableFullPageScreenshot: true,
        onlyCategories: run ? ["performance"] : undefined,
      });
      const failed = new Set();
      for (const [name, category] of Object.entries(lhr.categories)) {
        if (name === "performance") continue;
        for (const { id, weight } of category.auditRefs) {
          const { score } = lhr.audits[id];
          if (weight && score !== null && score < 1) failed.add(id);
        }
      }
      const scores = Object.fromEntries(
        Object.entries(lhr.categories).map(([name, { score }]) => [name, score === null ? null : Math.round(score * 100)]),
      );
      const metrics = Object.fromEntries(
        Object.entries(METRICS).map(([name, id]) => [name, lhr.audits[id]?.numericValue ?? null]),
      );
      const error = lhr.runtimeError?.message;
      console.log(JSON.stringify({ url, ...scores, ...metrics, failed: [...failed], ...(error && { error }) }));
    }
  }
} finally {
  chrome.kill();
}
