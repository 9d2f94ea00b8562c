/* Filters the list of publications by text, kind and year. The URL contains the filter, so that it can be shared. */

const form = document.querySelector(".filter");
const { text, kind, year } = form.elements;
const controls = [text, kind, year];
const status = form.querySelector("[role=status]"), criteria = form.querySelector(".criteria");
const showAll = form.querySelector("button");
const all = status.textContent;

// What Unicode does not decompose, and punctuation that keyboards lack.
const LETTERS = { æ: "ae", ð: "d", đ: "d", ı: "i", ł: "l", ø: "o", œ: "oe", ß: "ss", þ: "th", "’": "'", "‐": "-", "–": "-", "—": "-" };
const normalize = value =>
  value.normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "").replace(/[æðđıłøœßþ’‐–—]/g, letter => LETTERS[letter]);

// BibTeX has all authors and editors, and the reference the number of the volume.
const searchedText = entry => {
  const names = entry.querySelector(".bibtex pre").textContent.match(/^ {2}(?:author|editor) = .*/gm) ?? [];
  const parts = [...entry.querySelectorAll("h4, .authors, .facts, .bibtex p")].map(part => part.textContent);
  return normalize([...parts, ...names.map(line => line.slice(12))].join(" "));
};

const kinds = [...document.querySelectorAll("h2.kind")].map(heading => {
  const list = heading.nextElementSibling;
  const groups = [...list.children].map(group => ({
    group,
    // Works without a date have no heading.
    dates: group.querySelector("h3")?.textContent ?? "",
    entries: [...group.querySelectorAll(".entry")].map(entry => ({ entry, text: null })),
  }));
  return { heading, title: heading.firstChild.data.trim(), list, groups };
});

const hide = (element, isHidden) => {
  if (element.hidden !== isHidden) element.hidden = isHidden;
};

const setCount = (heading, number) => {
  const count = heading.querySelector(".count");
  // Its number, and the same for screen readers.
  for (const part of count?.children ?? []) part.textContent = ` ${number}`;
};

const apply = () => {
  const words = normalize(text.value).split(/\s+/).filter(Boolean);
  let total = 0;
  for (const { heading, list, groups } of kinds) {
    const isKind = !kind.value || kind.value === heading.id;
    let inKind = 0;
    for (const { group, dates, entries } of groups) {
      // Also "about 2019" and "2018 or 2019".
      const isYear = isKind && dates.includes(year.value);
      let inYear = 0;
      for (const item of entries) {
        const matches = isYear && words.every(word => (item.text ??= searchedText(item.entry)).includes(word));
        hide(item.entry, !matches);
        inYear += matches;
      }
      hide(group, !inYear);
      inKind += inYear;
    }
    hide(heading, !inKind);
    hide(list, !inKind);
    setCount(heading, inKind);
    total += inKind;
  }
  const query = text.value.trim(), title = kinds.find(({ heading }) => heading.id === kind.value)?.title;
  const chosen = [query && `“${query}”`, title, year.value].filter(Boolean).join(", ");
  status.textContent = !chosen ? all : total ? form.dataset.some.replace("{}", total) : form.dataset.none;
  criteria.textContent = chosen && ` (${chosen})`;
  hide(showAll, !chosen);
};

// Browsers limit how often a URL may change.
let timer;
const saveSoon = () => {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const url = new URL(location);
    url.hash = "";
    for (const { name, value } of controls)
      if (value.trim()) url.searchParams.set(name, value.trim());
      else url.searchParams.delete(name);
    history.replaceState(history.state, "", url);
  }, 300);
};

const change = () => {
  apply();
  saveSoon();
};

const reset = () => {
  form.reset();
  change();
};

const showTarget = () => {
  const target = document.querySelector(":target");
  if (!target?.closest(".works [hidden], .kind[hidden]")) return;
  form.reset();
  apply();
  target.scrollIntoView();
};

const isTouch = matchMedia("(pointer: coarse)").matches;
form.addEventListener("input", change);
form.addEventListener("submit", event => {
  event.preventDefault();
  // Closes the keyboard on the screen.
  if (isTouch) text.blur();
});
form.addEventListener("keydown", event => {
  if (event.key === "Escape") reset();
});
showAll.addEventListener("click", () => {
  reset();
  if (!isTouch) text.focus();
});
// Before the page is loaded, no element is the target.
addEventListener("load", showTarget);
addEventListener("hashchange", showTarget);

form.querySelector("fieldset").disabled = false;
const parameters = new URLSearchParams(location.search);
for (const control of controls) {
  control.value = parameters.get(control.name) ?? "";
  // The URL may name a kind or a year that is not in the list.
  if (control.selectedIndex === -1) control.selectedIndex = 0;
}
if (controls.some(control => control.value)) apply();
