/* Footnotes: beside the text where there is room, elsewhere in a pop-up. The list below the text is unchanged: it is what
   print, screen readers and browsers without script have. On touch screens, also the meaning of abbreviations. */

const article = document.querySelector(".content"), popup = document.querySelector(".popup");
const isWide = matchMedia("screen and (min-width: 66em)");
/* For screen readers, in the text to which it belongs. */
article.append(popup);

/* Between two notes, and at most between a note and its reference, in rem. */
const DISTANCE = 0.6, FARTHEST = 6;

const findNote = link => document.getElementById(decodeURIComponent(link.hash.slice(1)));

const copyNote = link => {
  const note = findNote(link)?.cloneNode(true);
  if (!note) return [];
  for (const back of note.querySelectorAll(".footnote-backref")) back.remove();
  for (const part of note.querySelectorAll("[id], [tabindex]")) {
    part.removeAttribute("id");
    part.removeAttribute("tabindex");
  }
  return [...note.childNodes];
};

/* Notes beside the text. */

const references = [...article.querySelectorAll("a.footnote-ref")];
let notes = [];

const createNotes = () => {
  const seen = new Set();
  for (const reference of references) {
    if (seen.has(reference.hash)) continue;
    seen.add(reference.hash);
    const note = document.createElement("div");
    note.className = "sidenote";
    note.dataset.number = reference.textContent;
    /* A copy for the eye. */
    note.setAttribute("aria-hidden", "true");
    note.dir = findNote(reference)?.closest("[dir]").dir ?? "";
    note.append(...copyNote(reference));
    for (const link of note.querySelectorAll("a")) link.tabIndex = -1;
    for (const [event, isCurrent] of [["pointerenter", true], ["pointerleave", false], ["focus", true], ["blur", false]])
      reference.addEventListener(event, () => note.classList.toggle("current", isCurrent));
    notes.push([reference, note]);
  }
  article.append(...notes.map(([, note]) => note));
};

/* Each note is beside its reference, or below what is there: another note, a wide block, the contents at the top of the
   page. One that would be far from its reference is not placed. */
const placeNotes = () => {
  if (isWide.matches && !notes.length) createNotes();
  for (const [, note] of notes) note.hidden = !isWide.matches;
  if (!isWide.matches) return;
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize), distance = DISTANCE * rem;
  const { top: origin, width, height } = article.getBoundingClientRect();
  const blocks = [...article.children]
    .map(block => block.getBoundingClientRect())
    .filter(box => box.width > width + distance)
    .map(({ top, bottom }) => [top - origin, bottom - origin]);
  /* A reference in a closed element has no box. */
  const boxes = notes.map(([reference, note]) => [reference.getClientRects()[0]?.top - origin, note.offsetHeight]);
  let free = (document.querySelector(".margin .contents")?.offsetHeight ?? 0) + 2 * distance;
  notes.forEach(([, note], index) => {
    const [place, size] = boxes[index];
    let top = Math.max(place, free);
    for (const [start, end] of blocks)
      if (top < end + distance && top + size > start - distance) top = end + distance;
    note.hidden = !(top - place < FARTHEST * rem && top + size < height);
    if (note.hidden) return;
    note.style.top = `${top}px`;
    free = top + size + distance;
  });
  document.dispatchEvent(new Event("notes-placed"));
};

if (references.length) {
  new ResizeObserver(placeNotes).observe(article);
  isWide.addEventListener("change", placeNotes);
}

/* Notes in a pop-up below the reference, or above it if there is more room. */

const showPopup = (anchor, ...content) => {
  popup.replaceChildren(...content);
  if (!popup.matches(":popover-open")) popup.showPopover();
  const { left, top, bottom } = anchor.getBoundingClientRect();
  const { width, height } = popup.getBoundingClientRect();
  const space = 8, below = bottom + space, above = top - space - height;
  popup.style.left = `${scrollX + Math.max(space, Math.min(left, document.documentElement.clientWidth - width - space))}px`;
  popup.style.top = `${scrollY + (below + height > innerHeight && above > 0 ? above : below)}px`;
  popup.focus({ preventScroll: true });
};

const isPlaced = link => notes.some(([{ hash }, note]) => hash === link.hash && !note.hidden);

article.addEventListener("click", event => {
  const reference = event.target.closest("a.footnote-ref"), abbreviation = event.target.closest("abbr[title]");
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (reference && !isPlaced(reference)) {
    event.preventDefault();
    showPopup(reference, ...copyNote(reference));
  } else if (abbreviation && event.pointerType === "touch" && !abbreviation.closest("a"))
    showPopup(abbreviation, abbreviation.title);
});
