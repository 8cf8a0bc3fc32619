// Measure addresses with Lighthouse: each line read is a JSON object {url, device, categories},
// each line written is the answer {score: {performance: 97, ...}, worst: {...}, cls, speed}.
// One Chromium serves all of them, and nothing else runs beside it.
import { createInterface } from 'node:readline';
import { launch } from 'chrome-launcher';
import lighthouse, { desktopConfig } from 'lighthouse';

const chrome = await launch({
  chromePath: process.env.CHROMIUM,
  chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu'],
});
// What the score lost, in the words of the audits that lost it.
function losses(report, category) {
  return category.auditRefs
    .filter(({ id, weight }) => weight > 0 && report.audits[id].score !== null && report.audits[id].score < 1)
    .map(({ id }) => `${id} ${report.audits[id].displayValue ?? ''}`.trim());
}
try {
  for await (const line of createInterface({ input: process.stdin })) {
    const { url, device, categories } = JSON.parse(line);
    const options = { port: chrome.port, onlyCategories: categories, logLevel: 'silent', disableFullPageScreenshot: true };
    const { lhr } = await lighthouse(url, options, device === 'desktop' ? desktopConfig : undefined);
    const found = Object.entries(lhr.categories);
    console.log(JSON.stringify({
      error: lhr.runtimeError?.message,
      score: Object.fromEntries(found.map(([name, { score }]) => [name, Math.round(score * 100)])),
      lost: Object.fromEntries(found.map(([name, category]) => [name, losses(lhr, category)])),
      speed: lhr.environment.benchmarkIndex,
    }));
  }
} finally {
  await chrome.kill();
}
