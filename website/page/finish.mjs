// Finishes all pages, once, when the site is built: node finish.mjs SITE
//
// Mathematics is rendered, and what Sphinx and its theme leave out for keyboards and screen readers
// is added: levels of headings, and a way to scroll wide code with the keys.
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
      `<${tag} class="course-mathematics"${tag === "div" ? ' tabindex="0"' : ""}>` +
      katex.renderToString(plain(tex), { displayMode: tag === "div", strict: "error" }) +
      `</${tag}>`,
  );
  const finished = rendered
    .replaceAll('role="heading">', 'role="heading" aria-level="2">')
    .replaceAll("<pre>", '<pre tabindex="0">')
    .replaceAll(/<div class="table-wrapper[^"]*"/g, '$& tabindex="0"');
  if (finished !== text) writeFileSync(file, finished);
}
