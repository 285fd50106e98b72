// A brief as Markdown: the same lines as the page, without its drawing.
import { bullets, escape, heading, paragraph } from "../markdown.js";
import { published } from "./brief.js";
import { clipped } from "./lines.js";

/**
 * @param {BriefPaper} paper
 * @returns {string}
 */
export function briefMarkdown({ cover, title, under, sections, sources }) {
  const numbers = new Map(sources.map(({ iri }, place) => [iri, place + 1]));
  const line = (/** @type {BriefLine} */ parts) =>
    parts.map((part) => {
      if (typeof part === "string") return escape(part);
      if ("strong" in part) return `**${escape(part.strong)}**`;
      if ("name" in part) return escape(clipped(part.name));
      return marksOf(part.cited, numbers)
        .map((number) => `\\[${number}\\]`)
        .join(" ");
    });
  const text = (/** @type {BriefLine} */ parts) => line(parts).join("");
  const head = [cover.classification, cover.author, cover.date, ...under].filter(Boolean).map(escape).join(" · ");
  const blocks = [heading(1, escape(clipped(cover.title || title))), paragraph(head)];
  for (const { name, lines, flowing } of sections)
    blocks.push(heading(2, escape(name)), flowing ? paragraph(lines.map(text).join(" ")) : bullets(lines.map(text)));
  const list = sources.map(
    (document, place) => `\\[${place + 1}\\] *${escape(clipped(document.title))}*. ${escape(published(document))}`,
  );
  blocks.push(heading(2, "Sources"), list.length ? list.map(paragraph).join("\n") : paragraph("No document is cited."));
  return blocks.join("\n");
}
/** The numbers of cited documents, each once. @type {(cited: Evidence[], numbers: Map<string, number>) => number[]} */
export const marksOf = (cited, numbers) =>
  [...new Set(cited.map(({ document }) => numbers.get(document.iri) ?? 0))].filter(Boolean).sort((a, b) => a - b);
