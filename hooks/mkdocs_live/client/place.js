// Where a reader is in a page: what is looked at, what has the focus, which parts are open.

// Below Material's header, which stays.
const TOP = 60
const BLOCKS = "h1, h2, h3, h4, h5, h6, p, li, dt, dd, pre, tr, figure, img, svg"
const FIELDS = "a[href], button, input, select, textarea, summary, [tabindex]"
const all = (selector) => [...document.querySelectorAll(selector)]
// What stands beside a text does not move with it.
const blocksOfText = () => all(`main :is(${BLOCKS})`).filter((one) => !one.closest("nav, aside, .md-sidebar"))
const nameOf = (one) => {
  const text = one.textContent.trim().slice(0, 120)
  return [one.localName, one.getAttribute("href") ?? one.getAttribute("src") ?? one.id, text].join(" ")
}
// An element by its name and its number among those of that name: other elements may come and go.
const noted = (one, among) => {
  const name = nameOf(one)
  return [name, among.filter((other) => nameOf(other) === name).indexOf(one)]
}
const found = ([name, number], among) => among.filter((one) => nameOf(one) === name)[number]

const place = () => {
  const blocks = blocksOfText()
  const first = blocks.findIndex((block) => block.getBoundingClientRect().bottom > TOP)
  // The one that is looked at may be the one that changes; then another one near it tells.
  const near = scrollY > 0 && first >= 0 ? blocks.slice(first, first + 8) : []
  const focused = document.activeElement?.matches(FIELDS) ? noted(document.activeElement, all(FIELDS)) : null
  return {
    x: scrollX,
    y: scrollY,
    near: near.map((block) => [noted(block, blocks), block.getBoundingClientRect().top]),
    focused,
    details: all("details").map((one) => [noted(one, all("details")), one.open]),
  }
}

const goTo = ({ x, y }) => scrollTo({ left: x, top: y, behavior: "instant" })
const keep = ({ x, y, near }) => {
  const blocks = blocksOfText()
  for (const [mark, top] of near) {
    const block = found(mark, blocks)
    if (!block) continue
    goTo({ x, y: scrollY + block.getBoundingClientRect().top - top })
    return
  }
  goTo({ x, y })
}
const comeBack = ({ details, focused, ...where }) => {
  const boxes = all("details")
  for (const [mark, open] of details) {
    const box = found(mark, boxes)
    if (box) box.open = open
  }
  goTo(where)
  keep(where)
  if (focused) found(focused, all(FIELDS))?.focus({ preventScroll: true })
}
