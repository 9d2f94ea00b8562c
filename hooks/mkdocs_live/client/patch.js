// Applies a change of a page's source to the open page without a reload.
// It compares the old source, the new source and the open page, so it does not undo what scripts have changed. If a
// change concerns elements that scripts manage, the page is reloaded instead. A library that morphs the page into
// the new source would remove what scripts have added, and does not know beforehand whether a reload is needed.

// Scripts set these up when a page loads, so new or removed ones need a reload.
const MANAGED_BY_SCRIPTS = [
  "script, style, noscript, template, iframe, object, embed, video, audio, canvas, dialog, pre, table, form, input, button",
  "select, textarea, label, nav, [data-md-component], .tabbed-set, .arithmatex, .mermaid, .annotate, .glightbox",
].join()
// The content of these cannot be patched.
const OPAQUE = "script, style, noscript, template, textarea, iframe"
// Comparing more pairs of nodes than this takes longer than a reload.
const MOST_PAIRS = 1e6
// What may change in the head without a reload. A content security policy cannot be relaxed in an open page.
const METADATA =
  'title, meta:not([http-equiv]), script[type="application/ld+json"], link:not([rel~="stylesheet"])'

// Compares two lists of nodes. Returns the ranges that differ, as [oldStart, oldEnd, newStart, newEnd].
const diffNodes = (oldNodes, newNodes) => {
  const serialize = (node) => node.outerHTML ?? `${node.nodeType}${node.data}`
  const [oldTexts, newTexts] = [oldNodes.map(serialize), newNodes.map(serialize)]
  const shorter = Math.min(oldTexts.length, newTexts.length)
  let start = 0
  while (start < shorter && oldTexts[start] === newTexts[start]) start++
  let end = 0
  while (end < shorter - start && oldTexts.at(-1 - end) === newTexts.at(-1 - end)) end++
  const [m, n] = [oldTexts.length - end - start, newTexts.length - end - start]
  if (m * n > MOST_PAIRS) return [[start, start + m, start, start + n]]
  // lengths[i][j] is the length of the longest common subsequence from i and j on.
  const lengths = Array.from({ length: m + 1 }, () => new Uint16Array(n + 1))
  const isEqual = (i, j) => oldTexts[start + i] === newTexts[start + j]
  for (let i = m - 1; i >= 0; i--)
    for (let j = n - 1; j >= 0; j--)
      lengths[i][j] = isEqual(i, j) ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1])
  const ranges = []
  for (let i = 0, j = 0; i < m || j < n; ) {
    const [fromOld, fromNew] = [i, j]
    while ((i < m || j < n) && !(i < m && j < n && isEqual(i, j)))
      if (j === n || (i < m && lengths[i + 1][j] >= lengths[i][j + 1])) i++
      else j++
    if (i > fromOld || j > fromNew) ranges.push([start + fromOld, start + i, start + fromNew, start + j])
    for (; i < m && j < n && isEqual(i, j); i++) j++
  }
  return ranges
}

// Returns the steps that turn the open page into the new source, or null if it has to be reloaded.
const diffPages = (oldPage, newPage) => {
  const steps = []
  const isElement = (node) => node.nodeType === Node.ELEMENT_NODE
  const isManaged = (node) =>
    isElement(node) && (node.matches(MANAGED_BY_SCRIPTS) || node.querySelector(MANAGED_BY_SCRIPTS) !== null)

  // Each of the following adds steps and returns true, or returns false if the page has to be reloaded.
  const patchAttributes = (before, after, live) => {
    for (const name of new Set([...before.getAttributeNames(), ...after.getAttributeNames()])) {
      const [oldValue, newValue] = [before.getAttribute(name), after.getAttribute(name)]
      if (oldValue === newValue) continue
      if (live.getAttribute(name) !== oldValue) return false
      steps.push(() => (newValue === null ? live.removeAttribute(name) : live.setAttribute(name, newValue)))
    }
    return true
  }

  const replaceNodes = (before, after, live, parent, next) => {
    if (parent.closest("nav, form, label")) return false
    if ([...before, ...after].some(isManaged)) return false
    if (before.some((node, index) => !node.isEqualNode(live[index]))) return false
    steps.push(() => {
      live.forEach((node) => node.remove())
      after.forEach((node) => parent.insertBefore(document.importNode(node, true), next))
    })
    return true
  }

  const patchChildren = (before, after, live) => {
    const [oldNodes, newNodes, liveNodes] = [before, after, live].map((node) => [...node.childNodes])
    // Scripts and browser extensions append elements to the body.
    const isInStep =
      live === document.body ? liveNodes.length >= oldNodes.length : liveNodes.length === oldNodes.length
    if (!isInStep) return false
    return diffNodes(oldNodes, newNodes).every(([oldStart, oldEnd, newStart, newEnd]) => {
      const [removed, added] = [oldNodes.slice(oldStart, oldEnd), newNodes.slice(newStart, newEnd)]
      const removedLive = liveNodes.slice(oldStart, oldEnd)
      if (removed.length !== added.length)
        return replaceNodes(removed, added, removedLive, live, liveNodes[oldEnd] ?? null)
      return removed.every((node, index) => {
        const count = steps.length
        const liveNode = removedLive[index]
        if (patchNode(node, added[index], liveNode)) return true
        steps.length = count
        return replaceNodes([node], [added[index]], [liveNode], live, liveNode.nextSibling)
      })
    })
  }

  const patchNode = (before, after, live) => {
    if (before.isEqualNode(after)) return true
    if (before.nodeName !== after.nodeName || before.nodeName !== live.nodeName) return false
    if (isElement(before))
      return !before.matches(OPAQUE) && patchAttributes(before, after, live) && patchChildren(before, after, live)
    if (live.data !== before.data) return false
    steps.push(() => (live.data = after.data))
    return true
  }

  const patchHead = (before, after) => {
    const missing = (nodes, from) => nodes.filter((node) => !from.some((candidate) => candidate.isEqualNode(node)))
    const [oldNodes, newNodes] = [[...before.children], [...after.children]]
    const [removed, added] = [missing(oldNodes, newNodes), missing(newNodes, oldNodes)]
    if (![...removed, ...added].every((node) => node.matches(METADATA))) return false
    const live = removed.map((node) => [...document.head.children].find((candidate) => candidate.isEqualNode(node)))
    if (live.includes(undefined)) return false
    steps.push(() => {
      live.forEach((node) => node.remove())
      document.head.append(...added.map((node) => document.importNode(node, true)))
    })
    return true
  }

  const [oldRoot, newRoot] = [oldPage.documentElement, newPage.documentElement]
  const isPatched =
    oldRoot.cloneNode(false).isEqualNode(newRoot.cloneNode(false)) &&
    patchHead(oldPage.head, newPage.head) &&
    patchNode(oldPage.body, newPage.body, document.body)
  return isPatched ? steps : null
}

const parsePage = (text) => {
  const page = new DOMParser().parseFromString(text, "text/html")
  // The tag of the content always differs.
  page.querySelector("script[data-page]")?.removeAttribute("data-page")
  return page
}
