/* In the head of every page, before the first paint: the theme that the reader chose on an earlier page. */
{
  const root = document.documentElement;
  root.classList.remove("no-js");
  let theme;
  try {
    theme = localStorage.getItem("theme");
  } catch {
    /* Storage is blocked: the theme is that of the system. */
  }
  if (theme === "light" || theme === "dark") {
    root.dataset.theme = theme;
    for (const meta of document.querySelectorAll("[name=theme-color]"))
      meta.media = meta.dataset.theme === theme ? "all" : "not all";
  }
}
