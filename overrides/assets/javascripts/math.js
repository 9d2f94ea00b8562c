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
