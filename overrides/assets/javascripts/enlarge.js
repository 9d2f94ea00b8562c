/* Opens images in a dialog. With a modifier key, or without script, the link opens the image file. */

const dialog = document.querySelector(".enlarged"), image = new Image();
dialog.prepend(image);
dialog.addEventListener("click", () => dialog.close());
document.addEventListener("click", event => {
  const link = event.target.closest("a.enlarge");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const { alt, className } = link.querySelector("img");
  image.src = link.href;
  image.alt = alt;
  image.className = className;
  dialog.setAttribute("aria-label", alt || dialog.dataset.label);
  dialog.showModal();
});
