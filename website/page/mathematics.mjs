// Renders the mathematics of all pages, once, when the site is built: node mathematics.mjs SITE
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import katex from "katex";

const entities = { "&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"', "&#x27;": "'" };
const plain = (html) => html.replace(/&(?:lt|gt|amp|quot|#x27);/g, (found) => entities[found]);
const [site] = process.argv.slice(2);

for (const name of readdirSync(site, { recursive: true })) {
  if (!name.endsWith(".html")) continue;
  const file = join(site, name);
  const text = readFileSync(file, "utf8");
  const rendered = text.replace(
    /<(span|div) class="course-tex">([^]*?)<\/\1>/g,
    (_, tag, tex) =>
      `<${tag} class="course-mathematics">` +
      katex.renderToString(plain(tex), { displayMode: tag === "div", strict: "error" }) +
      `</${tag}>`,
  );
  if (rendered !== text) writeFileSync(file, rendered);
}
