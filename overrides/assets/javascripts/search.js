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
const RANKING = { metaWeights: { title: 6, words: 3, when: .2 } };
// How many results are read at a time, since each is a file.
const STEP = 5;
const MOST_IN_DIALOG = 20;
const DELAY = 150;

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
  if (changes?.folder)
    await pagefind.mergeIndex(new URL(changes.folder, base).pathname, { baseUrl: root, ranking: RANKING });
  return { pagefind, changes };
};

/* In the live preview: which pages have changed, and where their index is. */
const loadChanges = async () => {
  const response = await fetch(new URL("changed.json", base), { cache: "no-store" });
  return response.ok ? response.json() : null;
};

const find = async (terms, isPhrase, filters) => {
  const { pagefind, changes } = await load();
  const query = terms.join(" ");
  const found = await pagefind.search(isPhrase ? `"${query}"` : query, { filters });
  return { ...found, changes };
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

/* The word of the site that is most like a term; the term itself if it is one, or if none is like it. */
const correct = async term => {
  const wanted = normalize(term);
  let best = term, least = wanted.length < 4 ? 0 : wanted.length < 8 ? 1.9 : 2.9;
  for (const [word, plain] of await loadWords()) {
    // A word may be typed to its end later.
    if (plain === wanted || plain.startsWith(wanted)) return term;
    const found = distance(wanted, plain, Math.ceil(least) - 1) + (plain[0] === wanted[0] ? 0 : .5);
    // Of several, the first: it is the most frequent.
    if (found < least) [best, least] = [word, found];
  }
  return best;
};

/* Whether a result has a word like a term. Pagefind also finds words that are only its beginning. */
const hasTerm = (term, result) => {
  const wanted = normalize(term), length = Math.max(Math.min(wanted.length, 3), Math.ceil(wanted.length / 2));
  const content = result.content.split(/\s+/);
  const found = [result.meta.title, result.meta.words, ...result.locations.map(location => content[location])];
  return normalize(found.join(" ")).includes(wanted.slice(0, length));
};

/* Results */

/* The text of an index, in which runs are pairs of letters, as nodes. What is between <mark> tags is marked. */
const readable = text => {
  const nodes = [];
  let isMarked = false, isOpen = false, run = "", isRunMarked = false, needsSpace = false;
  const flush = () => {
    if (run) nodes.push(isRunMarked ? element("mark", {}, run) : run);
    run = "";
  };
  const add = (part, marked) => {
    if (marked !== isRunMarked) flush();
    isRunMarked = marked;
    run += part;
  };
  for (const token of text.split(" ").filter(Boolean)) {
    if (token.startsWith("<mark>")) isOpen = true;
    const word = token.replaceAll(/<\/?mark>/g, "").replaceAll("&lt;", "<").replaceAll("&gt;", ">");
    if (needsSpace && !WIDE.test(word)) add(" ", isMarked && isOpen && isRunMarked);
    const pair = PAIR.exec(word);
    // The second letter of a marked pair is the first of the next one.
    add(pair ? pair[1] : word, isOpen || (isMarked && !needsSpace));
    isMarked = isOpen;
    needsSpace = !pair && !WIDE.test(word);
    if (token.endsWith("</mark>")) isOpen = false;
  }
  flush();
  return nodes;
};

const withoutHash = url => url.replace(/#.*/, "");
const facts = result =>
  [result.filters.kind?.[0], result.meta.when.trim()].filter(Boolean).join(" · ");

const entryLink = (url, title) => element("a", { href: url }, element("bdi", {}, ...readable(title)));

const showResult = result => {
  const isEntry = result.url.includes("#");
  const item = element("li", { class: "result" });
  item.append(element("p", { class: "result-title" }, entryLink(result.url, result.meta.title)));
  if (facts(result)) item.append(element("p", { class: "result-facts" }, facts(result)));
  if (result.content !== result.meta.title) item.append(element("p", { class: "result-text", dir: "auto" }, ...readable(result.excerpt)));
  const parts = isEntry ? [] : result.sub_results.filter(part => part.anchor && part.locations.length);
  if (parts.length) {
    const best = parts.sort((first, second) => second.locations.length - first.locations.length).slice(0, 3);
    item.append(element("ul", {}, ...best.map(part => element("li", {}, entryLink(part.url, part.title)))));
  }
  return item;
};

/* Several entries of one page are a group, which leads to the page. */
const addResult = (list, groups, result) => {
  const page = withoutHash(result.url);
  if (!result.url.includes("#")) {
    list.append(showResult(result));
    return;
  }
  const group = groups.get(page);
  if (!group) {
    const item = showResult(result);
    list.append(item);
    groups.set(page, { item, count: 1 });
    return;
  }
  if (group.count++ === 1) {
    const first = group.item;
    const kind = result.filters.kind?.[0] ?? "";
    group.list = element("ul", { class: "result-group" });
    const item = element("li", { class: "result" }, element("p", { class: "result-title" }, entryLink(page, kind)), group.list);
    first.replaceWith(item);
    group.list.append(first);
  }
  group.list.append(showResult(result));
};

/* The panel with the field and the results. `size` is how many results it shows at most. */
const createPanel = size => {
  const input = element("input", {
    type: "search", name: "q", placeholder: texts.placeholder, "aria-label": texts.placeholder,
    autocomplete: "off", autocapitalize: "off", spellcheck: "false", enterkeyhint: "search",
  });
  const form = element("form", { action: searchPage, role: "search" }, input);
  const status = element("p", { class: "search-status", role: "status" });
  const kinds = element("div", { class: "search-kinds", role: "group", "aria-label": texts.filter });
  const list = element("ol", { class: "results" });
  const more = element("button", { type: "button", class: "search-more", hidden: true }, texts.more);
  const all = element("a", { class: "search-all", hidden: true }, texts.all);
  const panel = element("div", { class: "search-panel" }, form, kinds, status, list, more, all);
  let kind = "", year = "", latest = 0, timer;

  const showKinds = counts => {
    const names = Object.entries(counts.kind ?? {}).filter(([, count]) => count);
    const years = Object.entries(counts.year ?? {}).filter(([, count]) => count).map(([name]) => name).sort().reverse();
    const isUseful = names.length > 1 || years.length > 1 || kind || year;
    const choose = value => {
      kind = value;
      run();
    };
    const buttons = [["", texts.everything], ...names.map(([name, count]) => [name, `${name} ${count}`])].map(([value, label]) => {
      const button = element("button", { type: "button", "aria-pressed": String(value === kind), "data-kind": value }, label);
      button.addEventListener("click", () => choose(value));
      return button;
    });
    const select = element("select", { "aria-label": texts.years }, new Option(texts.years, ""), ...years.map(name => new Option(name)));
    select.value = years.includes(year) ? year : "";
    select.addEventListener("change", () => {
      year = select.value;
      run();
    });
    const focused = document.activeElement;
    const wasKind = kinds.contains(focused) && focused.dataset.kind, wasYear = kinds.contains(focused) && focused.matches("select");
    kinds.replaceChildren(...(isUseful ? [...(names.length > 1 || kind ? buttons : []), ...(years.length > 1 || year ? [select] : [])] : []));
    if (wasYear) select.focus();
    else if (wasKind !== undefined && wasKind !== false) buttons.find(button => button.dataset.kind === wasKind)?.focus();
  };

  const show = async (found, number, message, terms) => {
    const groups = new Map(), fresh = document.createDocumentFragment(), target = element("ol");
    let next = 0;
    const append = async place => {
      const read = await Promise.all(found.results.slice(next, next + STEP).map(async result => ({ id: result.id, ...(await result.data()) })));
      if (number !== latest) return [];
      next += STEP;
      const stale = found.changes;
      const current = read.filter(result => !stale?.urls.includes(result.raw_url) || stale.fragments.includes(result.id));
      for (const result of current) addResult(place, groups, result);
      const isEnd = next >= found.results.length;
      more.hidden = isEnd || next >= size;
      all.hidden = isEnd || next < size;
      return current;
    };
    const first = await append(target);
    if (number !== latest) return [];
    fresh.append(...target.childNodes);
    list.replaceChildren(fresh);
    status.textContent = message;
    more.onclick = async () => {
      const last = list.lastElementChild;
      await append(list);
      (last?.nextElementSibling ?? last)?.querySelector("a")?.focus();
    };
    return first;
  };

  const run = async () => {
    const number = ++latest, query = input.value.trim();
    const terms = splitQuery(query), isPhrase = /^["“„«].+["”»]$/.test(query);
    all.href = `${searchPage}?q=${encodeURIComponent(query)}`;
    if (!terms.length) {
      clear();
      return;
    }
    const filters = { ...(kind && { kind }), ...(year && { year }) };
    try {
      let [found, counted] = await Promise.all([find(terms, isPhrase, filters), find(terms, isPhrase, {})]);
      const { pagefind } = await load();
      if (number !== latest) return;
      let message = found.results.length ? fill(texts.results, { number: found.results.length }) : fill(texts.none, { query });
      let first = await show(found, number, message, terms);
      if (number !== latest) return;
      if (!isPhrase) {
        const isWrong = term => term.length > 3 && !/\d/.test(term) && !first.some(result => hasTerm(term, result));
        const corrected = await Promise.all(terms.map(term => (isWrong(term) ? correct(term) : term)));
        if (number !== latest) return;
        if (corrected.some((term, index) => term !== terms[index])) {
          const other = await find(corrected, false, filters);
          if (number !== latest) return;
          if (other.results.length) {
            message = fill(texts.corrected, { query, other: corrected.join(" ") });
            await show(other, number, message, corrected);
            counted = await find(corrected, false, {});
          }
        }
      }
      await pagefind.filters();
      if (number === latest) showKinds(counted.filters);
    } catch (error) {
      console.error(error);
      if (number === latest) status.textContent = texts.failed;
    }
  };

  const clear = () => {
    list.replaceChildren();
    kinds.replaceChildren();
    status.textContent = "";
    more.hidden = all.hidden = true;
  };

  input.addEventListener("input", () => {
    kind = year = "";
    clearTimeout(timer);
    timer = setTimeout(run, DELAY);
  });
  /* The arrows go through the links of the results, and from the first back to the field. */
  panel.addEventListener("keydown", event => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp" || event.target.matches("select")) return;
    const links = [input, ...list.querySelectorAll(".result-title a"), ...panel.querySelectorAll(":scope > :is(button, a):not([hidden])")];
    const place = links.indexOf(document.activeElement);
    const next = links[place + (event.key === "ArrowDown" ? 1 : -1)];
    event.preventDefault();
    next?.focus();
    if (next === input) input.select();
  });
  return { panel, form, input, list, run };
};

/* The dialog */

let dialog, panel;
const createDialog = () => {
  panel = createPanel(MOST_IN_DIALOG);
  const close = element("button", { type: "button", class: "search-close", "aria-label": texts.close, title: texts.close }, "×");
  panel.form.append(close);
  dialog = element("dialog", { class: "search-dialog", "aria-label": texts.search }, panel.panel);
  document.body.append(dialog);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", event => {
    // A click beside the panel, or on a link to the same page.
    if (event.target === dialog || event.target.closest(".results a")) dialog.close();
  });
  /* Enter opens the first result. */
  panel.form.addEventListener("submit", event => {
    const first = panel.list.querySelector("a");
    if (!first) return;
    event.preventDefault();
    first.click();
  });
  dialog.addEventListener("keydown", event => {
    if (event.key !== "Tab") return;
    const stops = [...dialog.querySelectorAll(":is(a, button, input, select):not([hidden])")];
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    if (document.activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0]).focus();
  });
};

export const open = () => {
  if (page) {
    page.input.focus();
    page.input.select();
    return;
  }
  if (!dialog) createDialog();
  if (dialog.open) return;
  if (isPreview) engine = undefined;
  dialog.showModal();
  panel.input.select();
  // While the reader types.
  load().catch(() => {});
  if (panel.input.value) panel.run();
};

/* The page */

const place = document.querySelector(".search-page");
const page = place && createPanel(Infinity);
if (page) {
  place.append(page.panel);
  page.input.value = new URLSearchParams(location.search).get("q") ?? "";
  page.form.addEventListener("submit", event => {
    event.preventDefault();
    if (matchMedia("(pointer: coarse)").matches) page.input.blur();
    page.run();
  });
  let timer;
  page.input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const url = new URL(location);
      if (page.input.value.trim()) url.searchParams.set("q", page.input.value.trim());
      else url.searchParams.delete("q");
      history.replaceState(history.state, "", url);
    }, 400);
  });
  page.input.focus();
  if (page.input.value) page.run();
}
