/* The search: in a dialog that site.js opens, and on a page of its own. Pagefind answers queries from the index that
   hooks/search.py writes; it is loaded with the first query. */

const { dataset } = document.querySelector(".search-link");
const texts = JSON.parse(dataset.texts);
const base = new URL(dataset.index, document.baseURI).href;
const root = new URL(dataset.root, document.baseURI).pathname;
const searchPage = document.querySelector(".search-link").href;
// The live preview adds a script to each page, and an index of the pages that changed since the build.
const isPreview = document.querySelector("script[data-page]") !== null;
/* As in portfolio/search/documents.py: a letter of a script without spaces between words, with its marks. */
const LETTER =
  "[\u0e01-\u0e30\u0e40-\u0e46\u0e81-\u0eb0\u0ec0-\u0ec6\u0edc-\u0edf\u0f40-\u0f6c\u1000-\u102a\u1780-\u17b3" +
  "\u1100-\u11ff\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31f0-\u31ff" +
  "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\u{20000}-\u{323af}]" +
  "[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u0f71-\u0f84\u0f90-\u0fbc\u102b-\u103e" +
  "\u17b4-\u17d3\u3099\u309a]*";
const RUN = new RegExp(`(?:${LETTER})+`, "gu"), LETTERS = new RegExp(LETTER, "gu");
const PAIR = new RegExp(`^(${LETTER})(?:${LETTER})$`, "u");
// Punctuation of these scripts, which has its own space.
const WIDE = /^[\u3001-\u3003\u3008-\u3011\u3014-\u301f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]/;
const NOTHING = { results: [] };
const RANKING = { metaWeights: { title: 6, words: 3, when: .2 } };
// How many results are read at a time, because each is a file of some kilobytes; and at most in the dialog.
const STEP_IN_DIALOG = 3, MOST_IN_DIALOG = 18, STEP_ON_PAGE = 8;
// How many parts of a page a result links to.
const MOST_PARTS = 3;
// Milliseconds without a key before a search: longer for a few letters, which many words begin with.
const DELAY = 150, LONG_DELAY = 600, FEW_LETTERS = 3;

const element = (name, attributes = {}, ...children) => {
  const created = document.createElement(name);
  for (const [key, value] of Object.entries(attributes))
    if (typeof value === "boolean") created.toggleAttribute(key, value);
    else created.setAttribute(key, value);
  created.append(...children);
  return created;
};
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const normalize = text => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/* Queries */

/* The terms of a query, split as the index is. */
export const splitQuery = query => {
  const terms = query
    .normalize("NFC")
    .replace(RUN, run => {
      const letters = run.match(LETTERS);
      const pairs = letters.slice(1).map((letter, index) => letters[index] + letter);
      return ` ${(pairs.length ? pairs : letters).join(" ")} `;
    })
    .replace(/[^\p{L}\p{N}\p{M}+#]+/gu, " ")
    .trim()
    .split(" ");
  return terms.filter(Boolean);
};

let engine;
const load = () => (engine ??= start().catch(error => {
  engine = undefined;
  throw error;
}));

const start = async () => {
  const pagefind = await import(new URL("pagefind.js", base));
  await pagefind.destroy();
  await pagefind.options({ baseUrl: root, ranking: RANKING, noWorker: true, excerptLength: 28 });
  await pagefind.init();
  const changes = isPreview ? await loadChanges() : null;
  // The index of a large site has parts.
  const folders = Array.from({ length: Number(dataset.parts ?? 1) - 1 }, (_, index) => `part-${index + 2}/`);
  if (changes?.folder) folders.push(changes.folder);
  await Promise.all(folders.map(
    folder => pagefind.mergeIndex(new URL(folder, base).pathname, { baseUrl: root, ranking: RANKING }),
  ));
  return { pagefind, changes };
};

/* In the live preview: which pages have changed, and where their index is. */
const loadChanges = async () => {
  const response = await fetch(new URL("changed.json", base), { cache: "no-store" });
  return response.ok ? response.json() : null;
};

const find = async (terms, isPhrase = false, filters = {}) => {
  const { pagefind } = await load();
  const query = terms.join(" ");
  return pagefind.search(isPhrase ? `"${query}"` : query, { filters });
};

/* The data of results, without the pages that have changed, of which the index of changes has others. */
const read = async results => {
  const { changes } = await load();
  const all = await Promise.all(results.map(async result => ({ id: result.id, ...(await result.data()) })));
  return all.filter(({ id, raw_url }) => !changes?.urls.includes(raw_url) || changes.fragments.includes(id));
};

/* Corrections */

let words;
const loadWords = () => (words ??= fetch(new URL("words.txt", base))
  .then(response => (response.ok ? response.text() : ""))
  .then(text => text.split("\n").map(word => [word, normalize(word)])));

/* How many letters must be added, removed, replaced or exchanged (Damerau and Levenshtein); at most `limit` + 1. */
export const distance = (first, second, limit) => {
  if (Math.abs(first.length - second.length) > limit) return limit + 1;
  let before, previous, current = Array.from({ length: second.length + 1 }, (_, index) => index);
  for (let i = 1; i <= first.length; i++) {
    [before, previous, current] = [previous, current, [i]];
    let least = i;
    for (let j = 1; j <= second.length; j++) {
      const isSame = first[i - 1] === second[j - 1];
      let value = Math.min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + !isSame);
      if (i > 1 && j > 1 && first[i - 1] === second[j - 2] && first[i - 2] === second[j - 1])
        value = Math.min(value, before[j - 2] + 1);
      current.push(value);
      least = Math.min(least, value);
    }
    if (least > limit) return limit + 1;
  }
  return current[second.length];
};

/* The word of the site that is most like a term, which may be the term itself; null if none is like it. */
const correct = async term => {
  const wanted = normalize(term);
  let best = null, least = wanted.length < 4 ? 0 : wanted.length < 8 ? 1.9 : 2.9;
  for (const [word, plain] of await loadWords()) {
    // A word may be typed to its end later.
    if (plain === wanted || plain.startsWith(wanted)) return term;
    const edits = distance(wanted, plain, Math.ceil(least) - 1) + (plain[0] === wanted[0] ? 0 : .5);
    // Of several, the first: it is the most frequent.
    if (edits < least) [best, least] = [word, edits];
  }
  return best;
};

/* Whether a result has a word like a term. Pagefind also finds words that are only its beginning. */
const hasTerm = (term, result) => {
  const wanted = normalize(term), length = Math.max(Math.min(wanted.length, 3), Math.ceil(wanted.length / 2));
  const content = result.content.split(/\s+/);
  const candidates = [result.meta.title, result.meta.words, result.meta.when, ...result.locations.map(location => content[location])];
  return normalize(candidates.join(" ")).split(/[^\p{L}\p{N}+#]+/u).some(word => word.startsWith(wanted.slice(0, length)));
};

/* Results */

/* The words of an excerpt, each with whether it is marked. */
const splitExcerpt = excerpt => excerpt.split(/\s+/).filter(Boolean).map(token => [
  token.replace(/<\/?mark>/g, "").replaceAll("&lt;", "<").replaceAll("&gt;", ">"), token.startsWith("<mark>"),
]);

/* The words of a title; those are marked that begin like a term. */
const splitTitle = (title, terms) => {
  const stems = terms.map(term => normalize(term)).map(term => term.slice(0, Math.max(2, Math.ceil(term.length * .7))));
  return title.split(/\s+/).filter(Boolean).map(word => {
    const plain = normalize(word).replace(/^[^\p{L}\p{N}]+/u, "");
    return [word, stems.some(stem => plain.startsWith(stem))];
  });
};

/* Words of the index, in which runs are pairs of letters, as text with marks. */
const readable = words => {
  const nodes = [];
  let text = "", isTextMarked = false, isJoined = true, wasMarked = false;
  const flush = () => {
    if (text) nodes.push(isTextMarked ? element("mark", {}, text) : text);
    text = "";
  };
  const add = (part, isMarked) => {
    if (isMarked !== isTextMarked) flush();
    isTextMarked = isMarked;
    text += part;
  };
  for (const [word, isMarked] of words) {
    if (!isJoined && !WIDE.test(word)) add(" ", isMarked && wasMarked);
    const pair = PAIR.exec(word);
    // The second letter of a marked pair is the first of the next one.
    add(pair ? pair[1] : word, isMarked || (isJoined && wasMarked));
    [isJoined, wasMarked] = [pair !== null || WIDE.test(word), isMarked];
  }
  flush();
  return nodes;
};

const linkTo = (url, title, terms = []) => element("a", { href: url }, element("bdi", {}, ...readable(splitTitle(title, terms))));

const showResult = (result, terms) => {
  const kind = result.filters.kind[0], when = result.meta.when.trim();
  const item = element("li", { class: "result" },
    element("p", { class: "result-title" }, linkTo(result.url, result.meta.title, terms)),
    element("p", { class: "result-facts" }, element("span", {}, kind), when && " ", when && element("span", {}, when)));
  if (result.content !== `${result.meta.title}.`)
    item.append(element("p", { class: "result-text", dir: "auto" }, ...readable(splitExcerpt(result.excerpt))));
  const parts = result.sub_results.filter(part => part.anchor)
    .sort((first, second) => second.locations.length - first.locations.length).slice(0, MOST_PARTS);
  if (parts.length)
    item.append(element("ul", { class: "result-parts" }, ...parts.map(part => element("li", {}, linkTo(part.url, part.title, terms)))));
  return item;
};

/* A list of results. Several entries of the record on one page are a group, under a link to the page. */
const createList = () => {
  const list = element("ol", { class: "results" }), groups = new Map();
  const append = (results, terms) => {
    for (const result of results) {
      const [page, anchor] = result.url.split("#"), group = groups.get(page), item = showResult(result, terms);
      if (anchor === undefined || !group) list.append(item);
      else if (group.list) group.list.append(item);
      else {
        group.list = element("ul", { class: "result-group" });
        const title = element("p", { class: "result-title" }, linkTo(page, result.filters.kind[0]));
        group.first.replaceWith(element("li", { class: "result" }, title, group.list));
        group.list.append(group.first, item);
      }
      if (anchor !== undefined && !group) groups.set(page, { first: item });
    }
  };
  const replace = (results, terms) => {
    groups.clear();
    list.replaceChildren();
    append(results, terms);
  };
  return { list, append, replace };
};

/* The field and the results: `step` at a time, and `size` at most. */
const createPanel = (step, size) => {
  const input = element("input", {
    type: "search", name: "q", placeholder: texts.placeholder, "aria-label": texts.placeholder,
    autocomplete: "off", autocapitalize: "off", spellcheck: "false", enterkeyhint: "search",
  });
  const form = element("form", { action: searchPage, role: "search" }, input);
  const status = element("p", { class: "search-status", role: "status" });
  const filter = element("button", { type: "button", "aria-expanded": "false", hidden: true }, texts.filter);
  const choices = element("div", { class: "search-choices", role: "group", "aria-label": texts.filter, hidden: true });
  const { list, replace, append } = createList();
  const more = element("button", { type: "button", hidden: true }, texts.more);
  const all = element("a", { hidden: true }, texts.all);
  const bar = element("div", { class: "search-bar" }, status, filter);
  const panel = element("div", { class: "search-panel" }, form, bar, choices, list, element("p", { class: "search-end" }, more, all));
  // What is searched, and what is chosen of it. A newer search makes the results of an older one void.
  let terms = [], isPhrase = false, chosen = {}, latest = 0, timer;
  let results = [], next = 0;

  const showNext = async (show, number) => {
    const data = await read(results.slice(next, next + step));
    if (number !== latest) return [];
    next += step;
    show(data, terms);
    more.hidden = next >= results.length || next >= size;
    all.hidden = next >= results.length || next < size;
    return data;
  };

  const show = async (answer, message, number) => {
    [results, next] = [answer.results, 0];
    const first = await showNext(replace, number);
    if (number !== latest) return [];
    status.textContent = message ?? fill(texts.results, { number: results.length });
    filter.hidden = results.length < 2 && !Object.keys(chosen).length;
    return first;
  };

  /* Search for words like those that the site does not have. Without such words, nothing is found. */
  const showCorrected = async (first, query, number) => {
    const isWrong = term => term.length > 3 && !first.some(result => hasTerm(term, result));
    const corrected = await Promise.all(terms.map(term => (isWrong(term) ? correct(term) : term)));
    if (number !== latest || !corrected.some((term, index) => term !== terms[index] || isWrong(term))) return;
    const answer = corrected.includes(null) ? NOTHING : await find(corrected, false, chosen);
    if (number !== latest) return;
    terms = corrected.filter(Boolean);
    const message = answer.results.length ? fill(texts.corrected, { query, other: corrected.join(" ") }) : fill(texts.none, { query });
    await show(answer, message, number);
  };

  const search = async () => {
    clearTimeout(timer);
    const number = ++latest, query = input.value.trim();
    terms = splitQuery(query);
    isPhrase = /^["“„«].+["”»]$/.test(query);
    all.href = `${searchPage}?q=${encodeURIComponent(query)}`;
    if (!terms.length) {
      replace([], []);
      status.textContent = "";
      filter.hidden = choices.hidden = more.hidden = all.hidden = true;
      return;
    }
    list.ariaBusy = "true";
    try {
      const answer = await find(terms, isPhrase, chosen);
      if (number !== latest) return;
      const first = await show(answer, answer.results.length ? undefined : fill(texts.none, { query }), number);
      if (!isPhrase && number === latest) await showCorrected(first, query, number);
      if (filter.ariaExpanded === "true" && number === latest) await showChoices(number);
    } catch (error) {
      console.error(error);
      if (number === latest) status.textContent = texts.failed;
    } finally {
      if (number === latest) list.ariaBusy = null;
    }
  };

  /* The kinds and years of the results. Their index is read when the reader asks for it. */
  const showChoices = async number => {
    const { pagefind } = await load();
    await pagefind.filters();
    const { filters } = await find(terms, isPhrase);
    if (number !== latest) return;
    const focused = choices.contains(document.activeElement) ? document.activeElement.value : undefined;
    const choose = (name, value) => {
      const { [name]: _, ...others } = chosen;
      chosen = value ? { ...others, [name]: value } : others;
      search();
    };
    const present = name => Object.entries(filters[name] ?? {}).filter(([value, count]) => count || chosen[name] === value);
    const buttons = [["", texts.everything], ...present("kind").map(([kind, count]) => [kind, `${kind} ${count}`])].map(([kind, label]) => {
      const button = element("button", { type: "button", value: kind, "aria-pressed": String(kind === (chosen.kind ?? "")) }, label);
      button.addEventListener("click", () => choose("kind", kind));
      return button;
    });
    const years = present("year").map(([year]) => year).sort().reverse();
    const select = element("select", { "aria-label": texts.years }, new Option(texts.years, ""), ...years.map(year => new Option(year)));
    select.value = chosen.year ?? "";
    select.addEventListener("change", () => choose("year", select.value));
    choices.replaceChildren(...buttons, ...(years.length > 1 || chosen.year ? [select] : []));
    choices.hidden = false;
    if (focused !== undefined) [...choices.children].find(child => child.value === focused)?.focus();
  };

  filter.addEventListener("click", () => {
    const isOpen = filter.ariaExpanded !== "true";
    filter.ariaExpanded = String(isOpen);
    choices.hidden = true;
    if (isOpen) showChoices(latest);
    else if (Object.keys(chosen).length) {
      chosen = {};
      search();
    }
  });
  more.addEventListener("click", async () => {
    const last = list.lastElementChild;
    await showNext(append, latest);
    (last.nextElementSibling ?? last).querySelector("a").focus();
  });
  input.addEventListener("input", () => {
    latest++;
    clearTimeout(timer);
    const isShort = input.value.trim().length < FEW_LETTERS && !input.value.match(RUN);
    timer = setTimeout(search, input.value.trim() && isShort ? LONG_DELAY : DELAY);
  });
  /* The arrows go from the field through the results, and back. */
  panel.addEventListener("keydown", event => {
    if ((event.key !== "ArrowDown" && event.key !== "ArrowUp") || event.target.matches("select")) return;
    const stops = [input, ...panel.querySelectorAll(".result-title a, .search-end > :not([hidden])")];
    event.preventDefault();
    stops[stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
  });
  return { panel, form, input, list, search };
};

/* The dialog */

let dialog, inDialog;
const createDialog = () => {
  inDialog = createPanel(STEP_IN_DIALOG, MOST_IN_DIALOG);
  const { panel, form, list, search } = inDialog;
  const close = element("button", { type: "button", class: "search-close", "aria-label": texts.close, title: texts.close }, "×");
  form.append(close);
  dialog = element("dialog", { class: "search-dialog", "aria-label": texts.search }, panel);
  document.body.append(dialog);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", event => {
    const link = event.target.closest(".results a");
    if (event.target === dialog || (link?.hash && link.pathname === location.pathname)) dialog.close();
  });
  /* Enter opens the first result. */
  form.addEventListener("submit", async event => {
    event.preventDefault();
    await search();
    list.querySelector("a")?.click();
  });
  /* Escape closes the dialog, while browsers would first empty the field. Tab goes round. */
  dialog.addEventListener("keydown", event => {
    if (event.key === "Escape") {
      event.preventDefault();
      dialog.close();
    }
    if (event.key !== "Tab") return;
    const stops = [...dialog.querySelectorAll("a, button, input, select")].filter(stop => stop.checkVisibility());
    const [from, to] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
    if (document.activeElement !== from) return;
    event.preventDefault();
    to.focus();
  });
};

export const open = () => {
  if (!onPage && !dialog) createDialog();
  const { input, search } = onPage ?? inDialog;
  if (isPreview) engine = undefined;
  if (!onPage && !dialog.open) {
    dialog.showModal();
    if (input.value) search();
  }
  input.focus();
  input.select();
  // While the reader types. A query reports what is wrong.
  load().catch(() => {});
};

/* The page */

const place = document.querySelector(".search-page");
const onPage = place && createPanel(STEP_ON_PAGE, Infinity);
if (onPage) {
  const { panel, form, input, search } = onPage;
  place.append(panel);
  const searchAndSave = () => {
    const url = new URL(location);
    if (input.value.trim()) url.searchParams.set("q", input.value.trim());
    else url.searchParams.delete("q");
    history.replaceState(history.state, "", url);
    return search();
  };
  form.addEventListener("submit", event => {
    event.preventDefault();
    // Closes the keyboard on the screen.
    if (matchMedia("(pointer: coarse)").matches) input.blur();
    searchAndSave();
  });
  input.addEventListener("change", searchAndSave);
  input.value = new URLSearchParams(location.search).get("q") ?? "";
  if (input.value) search();
  else input.focus();
}
