// Details of the mark that is pointed at or focused, what it is linked with, and the reader's place on phones. The chart
// and the list work without it.

const chart = document.querySelector(".chart");
const list = document.querySelector(".story");

const targetOf = link => decodeURIComponent(link.getAttribute("href").replace(/^[^#]*#?/, ""));
const marks = new Map([...chart.querySelectorAll(".mark")].map(mark => [targetOf(mark), mark]));
const headingOf = entry => entry?.querySelector(":is(h3, h4)");

const card = document.createElement("div");
card.className = "details-card";
card.hidden = true;
chart.append(card);

// Returns the title, the employer and the facts of an entry, or the name of a count.
function describe(mark, entry) {
  if (!entry) return [mark.getAttribute("aria-label")];
  const employer = entry.closest(".kind--engagements .group")?.querySelector("h3");
  const facts = [...entry.querySelectorAll(".facts > span")].map(fact => fact.textContent).join(" · ");
  return [headingOf(entry).textContent, employer?.textContent.trim(), facts].filter(Boolean);
}

// Shows texts above a role, whose work is below, and below anything else, as far as the window has room.
function showCard(mark, texts) {
  card.replaceChildren(...texts.map(text => Object.assign(document.createElement("span"), { dir: "auto", textContent: text })));
  card.hidden = false;
  const drawn = [...mark.querySelectorAll(":scope > :not(.reach, title)")].map(shape => shape.getBoundingClientRect());
  const frame = chart.getBoundingClientRect();
  const [left, right] = [Math.min(...drawn.map(box => box.left)), Math.max(...drawn.map(box => box.right))];
  const [top, bottom] = [Math.min(...drawn.map(box => box.top)), Math.max(...drawn.map(box => box.bottom))];
  const x = (left + right - card.offsetWidth) / 2 - frame.left;
  card.style.left = `${Math.min(Math.max(x, 0), frame.width - card.offsetWidth)}px`;
  const [above, below] = [top - card.offsetHeight - 6, bottom + 6];
  const isAbove = mark.querySelector(".whose") ? above > 0 : below + card.offsetHeight > innerHeight;
  card.style.top = `${(isAbove ? above : below) - frame.top}px`;
}

function reset() {
  card.hidden = true;
  chart.classList.remove("pointed");
  for (const lit of document.querySelectorAll(".timeline :is(.lit, .linked)")) lit.classList.remove("lit", "linked");
}

// Lights the mark of an entry and those of what it is linked with.
function light(mark, entry) {
  chart.classList.add("pointed");
  mark.classList.add("lit");
  for (const link of entry?.querySelectorAll(".related a") ?? []) marks.get(targetOf(link))?.classList.add("linked");
}

function onChart(event) {
  reset();
  const mark = event.target.closest("a");
  if (!mark) return;
  const title = mark.querySelector("title");
  if (title) {
    // The browser's own tooltip would cover the details.
    mark.setAttribute("aria-label", title.textContent);
    title.remove();
  }
  const entry = marks.get(targetOf(mark)) === mark ? document.getElementById(targetOf(mark))?.closest(".entry") : null;
  if (entry) light(mark, entry);
  entry?.classList.add("lit");
  showCard(mark, describe(mark, entry));
}

function onList(event) {
  reset();
  const entry = event.target.closest(".entry");
  const mark = marks.get(headingOf(entry)?.id);
  if (mark) light(mark, entry);
}

for (const [part, onPoint] of [[chart, onChart], [list, onList]]) {
  for (const type of ["pointerover", "focusin"]) part.addEventListener(type, onPoint);
  for (const type of ["pointerleave", "focusout"]) part.addEventListener(type, reset);
}
addEventListener("keydown", event => { if (event.key === "Escape") reset(); });

// Marks the entry that is read in the strip, which has the axis of the chart.
const strip = document.querySelector(".strip > svg");
const place = document.createElementNS(strip.namespaceURI, "rect");
place.setAttribute("class", "place");
place.setAttribute("height", "100%");
strip.prepend(place);
const entries = [...list.querySelectorAll(".entry")].filter(entry => marks.has(headingOf(entry)?.id));
const inView = new Set();
const observer = new IntersectionObserver(changes => {
  for (const { target, isIntersecting } of changes) inView[isIntersecting ? "add" : "delete"](target);
  const first = entries.find(entry => inView.has(entry));
  const reach = marks.get(headingOf(first)?.id)?.querySelector(".reach");
  for (const name of ["x", "width"]) place.setAttribute(name, reach?.getAttribute(name) ?? "0");
}, { rootMargin: "-25% 0% -45%" });
for (const entry of entries) observer.observe(entry);
