import { InputPathToUrlTransformPlugin } from "@11ty/eleventy";
import { feedPlugin } from "@11ty/eleventy-plugin-rss";
import syntaxHighlight from "@11ty/eleventy-plugin-syntaxhighlight";

// The posts that bear each value of a field, newest first.
function grouped(posts, values) {
  const groups = new Map();
  for (const post of posts)
    for (const value of values(post)) groups.set(value, [...(groups.get(value) ?? []), post]);
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, members]) => ({ name, members }));
}

// A list of posts as pages of ten.
function paged(group) {
  const pages = [];
  for (let first = 0; first < group.members.length; first += 10)
    pages.push({ ...group, number: pages.length + 1, members: group.members.slice(first, first + 10) });
  return pages.map((page) => ({ ...page, of: pages.length }));
}

export default function (config) {
  config.addPlugin(InputPathToUrlTransformPlugin); // links to other posts' files become links to their pages
  config.addPlugin(syntaxHighlight);
  config.addPlugin(feedPlugin, {
    type: "rss",
    outputPath: "/feed.xml",
    collection: { name: "newest", limit: 20 },
    metadata: { language: "en", title: "Benchmark", base: "http://localhost/", author: { name: "Benchmark" } },
  });
  config.setFrontMatterParsingOptions({ excerpt: true, excerpt_separator: "<!-- more -->" });

  const newest = (api) => api.getFilteredByGlob("posts/*.md").reverse();
  config.addCollection("newest", (api) => newest(api).slice().reverse()); // the feed takes the last ones
  config.addCollection("posts", newest);
  config.addCollection("home", (api) => paged({ name: "Benchmark", members: newest(api) }));
  config.addCollection("byTag", (api) => grouped(newest(api), (post) => post.data.tags).flatMap(paged));
  config.addCollection("byCategory", (api) => grouped(newest(api), (post) => [post.data.category]).flatMap(paged));
  config.addCollection("byYear", (api) => grouped(newest(api), (post) => [String(post.date.getUTCFullYear())]));

  const markdown = new Promise((resolve) => config.amendLibrary("md", resolve));
  config.addAsyncFilter("markdown", async (text) => (await markdown).render(text));
  config.addFilter("day", (date) => date.toISOString().slice(0, 10));
  config.addFilter("minutes", (html) => Math.ceil(html.split(/\s+/).length / 265));
  config.addFilter("head", (items, number) => items.slice(0, number));
  config.addFilter("words", (html) => html.replace(/<[^>]*>/g, ""));
}
