/* Progressive enhancement of pages: enlarged images, TeX in copied text, copy buttons, third-party scripts on request. */

/* Opens images in a dialog. With a modifier key, or without script, the link opens the image file. */
const dialog = document.createElement("dialog");
dialog.className = "enlarged";
dialog.addEventListener("click", () => dialog.close());
dialog.addEventListener("close", () => dialog.replaceChildren());
document.body.append(dialog);
document.addEventListener("click", event => {
  const link = event.target.closest("a.enlarge");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const image = new Image();
  image.alt = link.querySelector("img").alt;
  image.src = link.href;
  const close = document.createElement("button");
  close.textContent = "Close";
  dialog.setAttribute("aria-label", image.alt || "Picture");
  dialog.replaceChildren(image, close);
  dialog.showModal();
});

/* Copies math as TeX between dollar signs. */
document.addEventListener("copy", event => {
  const selection = getSelection();
  if (selection.isCollapsed || !event.clipboardData) return;
  const range = selection.getRangeAt(0).cloneRange();
  const enclosingMath = node => (node.nodeType === 1 ? node : node.parentElement).closest("math");
  const first = enclosingMath(range.startContainer), last = enclosingMath(range.endContainer);
  if (first) range.setStartBefore(first);
  if (last) range.setEndAfter(last);
  const copied = range.cloneContents();
  const formulas = copied.querySelectorAll("math");
  if (!formulas.length) return;
  for (const math of formulas) {
    const tex = math.querySelector("annotation")?.textContent.trim() ?? math.textContent;
    const delimiter = math.getAttribute("display") === "block" ? "$$" : "$";
    math.replaceWith(delimiter + tex + delimiter);
  }
  event.clipboardData.setData("text/plain", copied.textContent);
  event.preventDefault();
});

/* Adds a copy button to each code block. Line numbers are not copied. */
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

/* Loads third-party scripts when the reader asks for them. With data-kept, remembers the consent until it is withdrawn. */
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
      /* A running script cannot be stopped: reload the page without it. */
      localStorage.removeItem(kept);
      location.reload();
      return;
    }
    if (kept) localStorage.setItem(kept, "yes");
    load();
  });
}
