/* On every page: the switch of the theme, and the mark in the table of contents. */

const root = document.documentElement;

/* The theme: as the system has it, light or dark. theme.js applies the choice on the next page. */
const button = document.querySelector(".theme");
const themes = ["system", "light", "dark"];
const currentTheme = () => root.dataset.theme ?? "system";
const labelButton = () => {
  const label = button.dataset[currentTheme()];
  button.setAttribute("aria-label", label);
  button.title = label;
};
button.addEventListener("click", () => {
  const theme = themes[(themes.indexOf(currentTheme()) + 1) % themes.length];
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  for (const meta of document.querySelectorAll("[name=theme-color]"))
    if (theme === "system") meta.media = `(prefers-color-scheme: ${meta.dataset.theme})`;
    else meta.media = meta.dataset.theme === theme ? "all" : "not all";
  try {
    if (theme === "system") localStorage.removeItem("theme");
    else localStorage.setItem("theme", theme);
  } catch {
    /* Storage is blocked: the choice is for this page. */
  }
  labelButton();
});
labelButton();
button.hidden = false;

/* The entry of the table of contents for the part of the page that is being read. */
const links = new Map(
  [...document.querySelectorAll(".contents a[href^='#']")].map(link => [
    document.getElementById(decodeURIComponent(link.hash.slice(1))), link,
  ]),
);
links.delete(null);
if (links.size) {
  const headings = [...links.keys()];
  const mark = () => {
    const current = headings.findLast(heading => heading.getBoundingClientRect().top < innerHeight / 3);
    for (const [heading, link] of links) {
      if (heading === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  /* Headings that pass the line: nothing runs while the reader scrolls within a part. */
  const observer = new IntersectionObserver(mark, { rootMargin: "0px 0px -66% 0px" });
  headings.forEach(heading => observer.observe(heading));
}

/* The search, which is loaded when the reader opens it. */
const searchLink = document.querySelector(".search-link");
if (searchLink) {
  const open = async event => {
    event.preventDefault();
    try {
      const search = await import(new URL(searchLink.dataset.module, document.baseURI));
      search.open();
    } catch {
      /* Without its script, such as after an update of the site: the page of the search has the new one. */
      location.assign(searchLink.href);
    }
  };
  searchLink.addEventListener("click", event => {
    if (!event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey) open(event);
  });
  addEventListener("keydown", event => {
    const isCommand = event.key === "k" && (event.metaKey || event.ctrlKey) && !event.altKey && !event.shiftKey;
    const isTyping = event.target.closest?.("input, select, textarea, [contenteditable]");
    const isSlash = event.key === "/" && !event.metaKey && !event.ctrlKey && !event.altKey && !isTyping;
    if (isCommand || isSlash) open(event);
  });
}
