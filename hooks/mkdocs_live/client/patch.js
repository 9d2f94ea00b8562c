// Takes what changed in the source of a page into the page as it stands, so that it is not loaded again.
// Only what no script has touched, and what none would have to be told of, is changed in this way.

// Scripts look after these when a page is loaded: they come with a page that is loaded anew.
const TENDED = [
  "script, style, noscript, template, iframe, object, embed, video, audio, canvas, dialog, pre, table, form, input, button",
  "select, textarea, label, nav, [data-md-component], .tabbed-set, .arithmatex, .mermaid, .annotate, .glightbox",
].join()
const CLOSED = "script, style, noscript, template, textarea, iframe"
// More to compare than this takes longer than to load the page.
const MOST = 1e6
const READ_BY_MACHINES = 'title, meta, script[type="application/ld+json"], link:not([rel~="stylesheet"])'

// The stretches in which two lists of nodes differ: from and to where in the one, and in the other.
const runs = (x, y) => {
  const [one, other] = [x, y].map((nodes) => nodes.map((node) => node.outerHTML ?? `${node.nodeType}${node.data}`))
  const least = Math.min(x.length, y.length)
  let start = 0
  while (start < least && one[start] === other[start]) start++
  let end = 0
  while (end < least - start && one.at(-1 - end) === other.at(-1 - end)) end++
  const [m, n] = [x.length - end - start, y.length - end - start]
  if (m * n > MOST) return [[start, start + m, start, start + n]]
  // How much of what follows is the same in both: the longest common subsequence.
  const common = Array.from({ length: m + 1 }, () => new Uint16Array(n + 1))
  const same = (i, j) => one[start + i] === other[start + j]
  for (let i = m - 1; i >= 0; i--)
    for (let j = n - 1; j >= 0; j--)
      common[i][j] = same(i, j) ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1])
  const found = []
  for (let i = 0, j = 0; i < m || j < n; ) {
    const [from, first] = [i, j]
    while ((i < m || j < n) && !(i < m && j < n && same(i, j)))
      if (j === n || (i < m && common[i + 1][j] >= common[i][j + 1])) i++
      else j++
    if (i > from || j > first) found.push([start + from, start + i, start + first, start + j])
    for (; i < m && j < n && same(i, j); i++) j++
  }
  return found
}

// The steps that lead from one document to another, or null if there are none but to load it.
const stepsBetween = (from, to) => {
  const steps = []
  const isElement = (node) => node.nodeType === Node.ELEMENT_NODE
  const isTended = (node) => isElement(node) && (node.matches(TENDED) || node.querySelector(TENDED) !== null)

  const attributes = (a, b, live) => {
    for (const name of new Set([...a.getAttributeNames(), ...b.getAttributeNames()])) {
      const [before, after] = [a.getAttribute(name), b.getAttribute(name)]
      if (before === after) continue
      if (live.getAttribute(name) !== before) return false
      steps.push(() => (after === null ? live.removeAttribute(name) : live.setAttribute(name, after)))
    }
    return true
  }

  const exchange = (before, after, there, parent, next) => {
    if (parent.closest("nav, form, label")) return false
    if ([...before, ...after].some(isTended)) return false
    if (before.some((node, at) => !node.isEqualNode(there[at]))) return false
    steps.push(() => {
      there.forEach((node) => node.remove())
      after.forEach((node) => parent.insertBefore(document.importNode(node, true), next))
    })
    return true
  }

  const children = (a, b, live) => {
    const [x, y, z] = [a, b, live].map((node) => [...node.childNodes])
    // At the end of a body, scripts and extensions of a browser add what is theirs.
    if (live === document.body ? z.length < x.length : z.length !== x.length) return false
    return runs(x, y).every(([from, to, first, last]) => {
      const [before, there, after] = [x.slice(from, to), z.slice(from, to), y.slice(first, last)]
      if (before.length !== after.length) return exchange(before, after, there, live, z[to] ?? null)
      return before.every((node, at) => {
        const taken = steps.length
        if (compare(node, after[at], there[at])) return true
        steps.length = taken
        return exchange([node], [after[at]], [there[at]], live, there[at].nextSibling)
      })
    })
  }

  const compare = (a, b, live) => {
    if (a.isEqualNode(b)) return true
    if (a.nodeName !== b.nodeName || a.nodeName !== live.nodeName) return false
    if (isElement(a)) return !a.matches(CLOSED) && attributes(a, b, live) && children(a, b, live)
    if (live.data !== a.data) return false
    steps.push(() => (live.data = b.data))
    return true
  }

  const heads = (a, b) => {
    const [x, y] = [a, b].map((head) => [...head.children])
    const without = (some, others) => some.filter((one) => !others.some((other) => other.isEqualNode(one)))
    const [gone, come] = [without(x, y), without(y, x)]
    if (![...gone, ...come].every((one) => one.matches(READ_BY_MACHINES))) return false
    const there = gone.map((one) => [...document.head.children].find((other) => other.isEqualNode(one)))
    if (there.includes(undefined)) return false
    steps.push(() => {
      there.forEach((one) => one.remove())
      document.head.append(...come.map((one) => document.importNode(one, true)))
    })
    return true
  }

  const [html, next] = [from.documentElement, to.documentElement]
  const same = html.cloneNode(false).isEqualNode(next.cloneNode(false))
  return same && heads(from.head, to.head) && compare(from.body, to.body, document.body) ? steps : null
}

const parsed = (text) => {
  const made = new DOMParser().parseFromString(text, "text/html")
  // What tells this page from its successor is no difference between them.
  made.querySelector("script[data-page]")?.removeAttribute("data-page")
  return made
}
