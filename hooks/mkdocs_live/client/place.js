// Saves and restores where the reader is: the scroll position, the focus, and which details are open.

// The height of Material's header, which covers the top of the page.
const HEADER_HEIGHT = 60
const BLOCKS = "h1, h2, h3, h4, h5, h6, p, li, dt, dd, pre, tr, figure, img, svg"
const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]"
// How many blocks to save: the first may be the one that changes.
const BLOCKS_SAVED = 8
const queryAll = (selector) => [...document.querySelectorAll(selector)]
// Sidebars do not scroll with the text.
const textBlocks = () =>
  queryAll(`main :is(${BLOCKS})`).filter((block) => !block.closest("nav, aside, .md-sidebar"))

// An element is identified by its name, target and text, and its number among elements with the same ones. Other
// elements may be added or removed.
const labelOf = (element) => {
  const text = element.textContent.trim().slice(0, 120)
  const target = element.getAttribute("href") ?? element.getAttribute("src") ?? element.id
  return [element.localName, target, text].join(" ")
}
const identify = (element, elements) => {
  const label = labelOf(element)
  return [label, elements.filter((candidate) => labelOf(candidate) === label).indexOf(element)]
}
const locate = ([label, number], elements) => elements.filter((element) => labelOf(element) === label)[number]

const savePlace = () => {
  const blocks = textBlocks()
  const first = blocks.findIndex((block) => block.getBoundingClientRect().bottom > HEADER_HEIGHT)
  const visible = scrollY > 0 && first >= 0 ? blocks.slice(first, first + BLOCKS_SAVED) : []
  const active = document.activeElement
  return {
    path: location.pathname,
    x: scrollX,
    y: scrollY,
    blocks: visible.map((block) => [identify(block, blocks), block.getBoundingClientRect().top]),
    focus: active?.matches(FOCUSABLE) ? identify(active, queryAll(FOCUSABLE)) : null,
    details: queryAll("details").map((details, _, all) => [identify(details, all), details.open]),
  }
}

const scrollToPlace = ({ x, y, blocks }) => {
  const scroll = (top) => scrollTo({ left: x, top, behavior: "instant" })
  const candidates = textBlocks()
  for (const [id, top] of blocks) {
    const block = locate(id, candidates)
    if (block) return scroll(scrollY + block.getBoundingClientRect().top - top)
  }
  scroll(y)
}
const restorePlace = ({ details, focus, ...position }) => {
  const all = queryAll("details")
  for (const [id, open] of details) {
    const element = locate(id, all)
    if (element) element.open = open
  }
  // First without the blocks: images above them may load only when they are near.
  scrollToPlace({ ...position, blocks: [] })
  scrollToPlace(position)
  if (focus) locate(focus, queryAll(FOCUSABLE))?.focus({ preventScroll: true })
}
