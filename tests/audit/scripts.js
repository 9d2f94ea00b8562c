// What the audit measures inside a page, in each of which it runs before all other scripts.
globalThis.audit = (() => {
  const shifts = [];
  const violations = [];

  const describe = (element) => {
    if (!(element instanceof Element)) return "text";
    const id = element.id && `#${element.id}`;
    const classes = [...element.classList].map((name) => `.${name}`).join("");
    const text = (element.textContent ?? "").trim().replace(/\s+/g, " ").slice(0, 40);
    return `${element.localName}${id}${classes}${text && ` “${text}”`}`;
  };

  document.addEventListener("securitypolicyviolation", (event) => {
    violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`);
  });

  new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries()) {
      shifts.push({ value, elements: sources.map(({ node }) => describe(node)).join(", ") });
    }
  }).observe({ type: "layout-shift", buffered: true });

  /** Return the URLs that are loaded before the first paint. */
  const findBlocking = () => {
    const resources = performance.getEntriesByType("resource");
    const blocking = resources.filter((entry) => entry.renderBlockingStatus === "blocking");
    return [location.href, ...blocking.map((entry) => entry.name)];
  };

  /** Scroll to the end and back, a screen at a time. */
  const scroll = async () => {
    const pause = () => new Promise((resolve) => setTimeout(resolve, 30));
    for (let screen = 0; screen < 40 && scrollY + innerHeight < document.documentElement.scrollHeight - 1; screen++) {
      scrollBy({ top: innerHeight, behavior: "instant" });
      await pause();
    }
    scrollTo({ top: 0, behavior: "instant" });
    await pause();
  };

  /** Name the elements that make the page wider than the window, unless it is not. */
  const findOverflow = () => {
    const width = document.documentElement.clientWidth;
    const root = document.scrollingElement;
    if (root.scrollWidth <= width) return "";
    const wide = [...document.body.querySelectorAll("*")].filter((element) => {
      const { left, right } = element.getBoundingClientRect();
      return element.checkVisibility() && (right > width + 1 || left < -1);
    });
    const inner = wide.filter((element) => !wide.some((other) => other !== element && element.contains(other)));
    return `${root.scrollWidth} px: ${inner.slice(0, 3).map(describe).join(", ")}`;
  };

  /** Name the links of the header and the footer in which a word is broken over two lines. */
  const findBrokenWords = () =>
    [...document.querySelectorAll("header a, footer a")].filter((link) => link.checkVisibility()).filter((link) => {
      const texts = document.createTreeWalker(link, NodeFilter.SHOW_TEXT);
      const range = document.createRange();
      while (texts.nextNode()) {
        for (const { index, 0: word } of texts.currentNode.data.matchAll(/[\p{Script=Latin}\p{Script=Arabic}]+/gu)) {
          range.setStart(texts.currentNode, index);
          range.setEnd(texts.currentNode, index + word.length);
          if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) return true;
        }
      }
      return false;
    }).map(describe);

  /** Search on the page of the search. Return the milliseconds until results appear, and the URL of the first result. */
  const search = async (query) => {
    const page = document.querySelector(".search-page");
    const list = page.querySelector(".results");
    page.querySelector("input[type=search]").value = query;
    const appeared = new Promise((resolve) => {
      const observer = new MutationObserver(() => {
        if (list.childElementCount) resolve(performance.now());
      });
      observer.observe(list, { childList: true });
      setTimeout(() => resolve(NaN), 3000);
    });
    const start = performance.now();
    page.querySelector("form").requestSubmit();
    const milliseconds = (await appeared) - start;
    // The results of a corrected query may replace these.
    await new Promise((resolve) => setTimeout(resolve, 200));
    return { milliseconds, first: list.querySelector("a")?.href };
  };

  const findOpeners = () =>
    [...document.querySelectorAll("a[target=_blank]:not([rel~=noopener], [rel~=noreferrer])")].map((link) => link.href);

  const FOCUSABLE =
    "a[href], area[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex], audio[controls], video[controls]";
  const isInTabOrder = (element) =>
    element.tabIndex >= 0 &&
    !element.disabled &&
    !element.closest("[inert]") &&
    element.checkVisibility({ visibilityProperty: true }) &&
    // Of radio buttons with one name, Tab reaches one.
    !(element.type === "radio" && element.name);

  const STYLE = ["outline", "boxShadow", "border", "backgroundColor", "color", "textDecoration", "stroke", "strokeWidth", "fill", "opacity"];
  /** What an element, its label, its parent and its parts look like. */
  const look = (element) => {
    const around = [element, element.parentElement, element.nextElementSibling, ...(element.labels ?? [])];
    const parts = [...around, ...[...element.querySelectorAll("*")].slice(0, 8)];
    return parts.filter(Boolean).map((part) => {
      const style = getComputedStyle(part);
      return STYLE.map((name) => style[name]).join();
    }).join(";");
  };

  let walk;
  const note = ({ target }) => {
    if (target === document.body || walk.reached.has(target)) return;
    walk.reached.add(target);
    const before = walk.looks.get(target);
    if (before !== undefined && before === look(target)) walk.invisible.push(describe(target));
  };

  /** Begin to note which elements get the focus. Return how many should. */
  const beginWalk = () => {
    // The page of the search focuses its field. Begin before the first element.
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
    const elements = [...document.querySelectorAll(FOCUSABLE)].filter(isInTabOrder);
    walk = { elements, looks: new Map(elements.map((element) => [element, look(element)])), reached: new Set(), invisible: [] };
    document.addEventListener("focusin", note);
    return elements.length;
  };

  /** Return what is wrong with the walk. */
  const endWalk = () => {
    document.removeEventListener("focusin", note);
    const [first] = walk.reached;
    const missed = walk.elements.filter((element) => !walk.reached.has(element) && element.checkVisibility());
    const findings = [...missed.map((element) => `not reached: ${describe(element)}`), ...walk.invisible.map((name) => `no visible focus: ${name}`)];
    const target = document.getElementById(decodeURIComponent(first?.hash?.slice(1) ?? ""));
    if (!target?.closest("main")) findings.push(`the first link does not skip to the content: ${first && describe(first)}`);
    return findings;
  };

  return { shifts, violations, findBlocking, scroll, findOverflow, findBrokenWords, search, findOpeners, beginWalk, endWalk };
})();
