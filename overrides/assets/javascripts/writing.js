/* What a page can do more with script: pictures over the page, TeX of copied formulas, what asks other hosts. */

/* A picture opens over the page; with a modifier key, or without script, its link leads to it. */
const over = document.createElement("dialog");
over.className = "enlarged";
over.addEventListener("click", () => over.close());
over.addEventListener("close", () => over.replaceChildren());
document.body.append(over);
document.addEventListener("click", event => {
  const link = event.target.closest("a.enlarge");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const image = new Image();
  image.alt = link.querySelector("img").alt;
  image.src = link.href;
  const close = document.createElement("button");
  close.textContent = "Close";
  over.setAttribute("aria-label", image.alt || "Picture");
  over.replaceChildren(image, close);
  over.showModal();
});

/* A formula is copied as its TeX, between dollar signs. */
document.addEventListener("copy", event => {
  const selection = getSelection();
  if (selection.isCollapsed || !event.clipboardData) return;
  const range = selection.getRangeAt(0).cloneRange();
  const around = node => (node.nodeType === 1 ? node : node.parentElement).closest("math");
  const first = around(range.startContainer), last = around(range.endContainer);
  if (first) range.setStartBefore(first);
  if (last) range.setEndAfter(last);
  const copied = range.cloneContents();
  const formulas = copied.querySelectorAll("math");
  if (!formulas.length) return;
  for (const math of formulas) {
    const tex = math.querySelector("annotation")?.textContent.trim() ?? math.textContent;
    const sign = math.getAttribute("display") === "block" ? "$$" : "$";
    math.replaceWith(sign + tex + sign);
  }
  event.clipboardData.setData("text/plain", copied.textContent);
  event.preventDefault();
});

/* Each block of code can be copied; line numbers are not part of it. */
for (const code of document.querySelectorAll(".highlight pre > code")) {
  const button = document.createElement("button");
  button.className = "copy-code";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = "Selected";
    }
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
  code.closest(".highlight").append(button);
}

/* Scripts of others are fetched when the reader asks for them; a "kept" answer holds until it is taken back. */
for (const button of document.querySelectorAll("[data-ask]")) {
  const { ask, kept, back } = button.dataset;
  const load = () => {
    const script = document.createElement("script");
    for (const { name, value } of button.attributes)
      if (name.startsWith("data-") && !["data-ask", "data-kept", "data-back"].includes(name)) script.setAttribute(name, value);
    script.src = ask;
    script.async = true;
    button.parentElement.after(script);
    if (kept) button.textContent = back;
    else button.hidden = true;
  };
  button.hidden = false;
  if (kept && localStorage.getItem(kept)) load();
  button.addEventListener("click", () => {
    if (kept && localStorage.getItem(kept)) {
      /* What runs cannot be stopped: the page begins anew without it. */
      localStorage.removeItem(kept);
      location.reload();
      return;
    }
    if (kept) localStorage.setItem(kept, "yes");
    load();
  });
}
