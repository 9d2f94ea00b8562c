// Details of the mark that is pointed at or focused, what it is linked with, and the reader's place on phones. The
// chart and the list work without it.

const chart = document.querySelector(".chart");
const list = document.querySelector(".story");

const idOf = link => decodeURIComponent(link.hash.slice(1));
const links = new Map([...chart.querySelectorAll("a.mark")].map(mark => [idOf({ hash: mark.getAttribute("href") }), mark]));
const headingId = entry => entry?.querySelector(":is(h3, h4)")?.id;
const entryOf = id => document.getElementById(id)?.closest(".entry");

const card = document.createElement("div");
card.className = "details-card";
card.hidden = true;
chart.append(card);

function line(text) {
  const element = document.createElement("span");
  element.textContent = text;
  element.dir = "auto";
  return element;
}

// Shows the details of a mark: the title, the employer and the facts of its entry, or the name of a count.
function describe(mark, entry) {
  const heading = entry?.querySelector(":is(h3, h4)")?.textContent;
  const whose = entry?.closest(".kind--engagements .group")?.querySelector("h3")?.textContent.trim();
  const facts = [...entry?.querySelectorAll(".facts > span") ?? []].map(fact => fact.textContent).join(" · ");
  const texts = heading ? [heading, whose, facts] : [mark.dataset.name];
  card.replaceChildren(...texts.filter(Boolean).map(line));
  card.hidden = false;
  const drawn = [...mark.querySelectorAll("rect:not(.reach), circle")].map(shape => shape.getBoundingClientRect());
  const frame = chart.getBoundingClientRect();
  const middle = (Math.min(...drawn.map(box => box.left)) + Math.max(...drawn.map(box => box.right))) / 2;
  const bottom = Math.max(...drawn.map(box => box.bottom));
  const left = Math.min(Math.max(middle - frame.left - card.offsetWidth / 2, 0), frame.width - card.offsetWidth);
  card.style.left = `${left}px`;
  card.style.top = `${bottom - frame.top + 8}px`;
}

// Lights an entry and its mark, or nothing.
function point(mark, entry) {
  for (const lit of document.querySelectorAll(".timeline :is(.lit, .linked)")) lit.classList.remove("lit", "linked");
  card.hidden = true;
  chart.classList.toggle("pointed", Boolean(entry && mark));
  mark?.classList.add("lit");
  entry?.classList.add("lit");
  for (const link of entry?.querySelectorAll(".related a") ?? []) links.get(idOf(link))?.classList.add("linked");
}

function onPoint(event) {
  const mark = event.target.closest?.(".chart a");
  const entry = mark ? entryOf(idOf({ hash: mark.getAttribute("href") })) : event.target.closest?.(".story .entry");
  if (mark && !mark.dataset.name) {
    // The browser's own tooltip would cover the details.
    const title = mark.querySelector("title");
    mark.dataset.name = title.textContent;
    mark.setAttribute("aria-label", title.textContent);
    title.remove();
  }
  point(mark ?? links.get(headingId(entry)), entry);
  if (mark) describe(mark, entry);
}

for (const type of ["pointerover", "focusin"]) {
  chart.addEventListener(type, onPoint);
  list.addEventListener(type, onPoint);
}
for (const type of ["pointerleave", "focusout"]) {
  chart.addEventListener(type, () => point());
  list.addEventListener(type, () => point());
}
addEventListener("keydown", event => { if (event.key === "Escape") point(); });

// Marks the entry at the top of a phone's screen in the strip.
const overview = document.querySelector(".strip .overview");
const place = document.createElementNS(overview.namespaceURI, "rect");
place.classList.add("place");
place.setAttribute("height", "100%");
overview.prepend(place);
const entries = [...list.querySelectorAll(".entry")];
const inView = new Set();
const observer = new IntersectionObserver(changes => {
  for (const { target, isIntersecting } of changes) inView[isIntersecting ? "add" : "delete"](target);
  const first = entries.find(entry => inView.has(entry) && links.has(headingId(entry)));
  const reach = links.get(headingId(first))?.querySelector(".reach");
  for (const name of ["x", "width"]) place.setAttribute(name, reach?.getAttribute(name) ?? 0);
}, { rootMargin: "-25% 0% -45%" });
for (const entry of entries) observer.observe(entry);
