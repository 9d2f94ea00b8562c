/* Adds buttons that copy: to each code block, to each citation, and to BibTeX when it is opened. Where the clipboard is
   not available, a button selects the text instead. Code that scrolls can have the keyboard focus. */

const addButton = (place, name, source) => {
  const parts = document.getElementById(name).content.cloneNode(true);
  const button = parts.querySelector("button"), status = parts.querySelector("[role=status]");
  let timer;
  button.addEventListener("click", async () => {
    clearTimeout(timer);
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
      status.textContent = status.dataset.copied;
      button.classList.add("done");
    } catch {
      getSelection().selectAllChildren(source);
      status.textContent = status.dataset.selected;
    }
    timer = setTimeout(() => {
      status.textContent = "";
      button.classList.remove("done");
    }, 4000);
  });
  place.append(parts);
  return button;
};

/* Line numbers are no text of the code, so they are not copied. */
for (const code of document.querySelectorAll(".highlight:not(.output) pre > code"))
  addButton(code.closest(".highlight"), "copy-code", code);

const resized = new ResizeObserver(entries => {
  for (const { target } of entries)
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
});
for (const code of document.querySelectorAll(".highlight:not(.output) pre > code")) resized.observe(code);

for (const place of document.querySelectorAll("[data-copy]"))
  addButton(place, "copy-text", document.getElementById(place.dataset.copy));

/* There may be hundreds on a page. */
document.addEventListener("toggle", ({ target }) => {
  if (!target.matches(".bibtex[open]:not(:has(.copy))")) return;
  const place = document.createElement("span");
  place.className = "copy";
  target.append(place);
  addButton(place, "copy-text", target.querySelector("pre")).ariaDescription = target.querySelector("summary").textContent;
}, true);
