// Shows warnings and errors of the build in a dialog over the last good page.
// A content security policy may block <style>, but not a style sheet that a script makes.
const OVERLAY_STYLES = `
  dialog { color-scheme: light dark; box-sizing: border-box; width: min(60rem, 100vw - 2rem); max-height: 80vh;
    margin: auto auto 1rem; padding: 1rem 1.25rem; border: 1px solid light-dark(#b3261e, #f2b8b5); border-radius: 4px;
    background: light-dark(#fff, #1c1b1a); color: light-dark(#1b1b1b, #eee); font: 14px/1.5 system-ui, sans-serif }
  dialog::backdrop { background: rgb(0 0 0 / 0.15) }
  header, .place { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0 1rem }
  h2 { margin: 0; font-size: 1rem; color: light-dark(#b3261e, #f2b8b5) }
  button { font: inherit }
  ol { margin: 0.75rem 0 0; padding: 0; list-style: none }
  li { padding: 0.5rem 0; border-top: 1px solid light-dark(#ddd, #444) }
  code, pre { font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere }
  .code, .hint { color: light-dark(#595959, #b3b3b3) }
  p, pre { margin: 0.15rem 0 0; white-space: pre-wrap; overflow-wrap: anywhere }
`
const OVERLAY = `<dialog aria-labelledby="title">
  <header><h2 id="title"></h2><form method="dialog"><button>Close</button></form></header>
  <ol></ol>
</dialog>`
const createElement = (name, properties) => Object.assign(document.createElement(name), properties)
let overlay = null
let focusBefore = null

const hideOverlay = () => {
  if (!overlay) return
  overlay.remove()
  overlay = null
  focusBefore?.focus({ preventScroll: true })
}

const createItem = ({ path, line, column, field, message, hint, code }) => {
  const item = createElement("li")
  const place = createElement("div", { className: "place" })
  if (path) place.append(createElement("code", { textContent: [path, line, column].filter(Boolean).join(":") }))
  if (code) place.append(createElement("code", { className: "code", textContent: code }))
  if (path || code) item.append(place)
  // A message with several lines is aligned by columns.
  const textContent = field ? `${field}: ${message}` : message
  item.append(createElement(message.trim().includes("\n") ? "pre" : "p", { textContent }))
  if (hint) item.append(createElement("p", { className: "hint", textContent: hint }))
  return item
}

const showProblems = (problems) => {
  hideOverlay()
  const signature = JSON.stringify(problems)
  if (!problems.length) sessionStorage.removeItem("live-dismissed")
  if (!problems.length || sessionStorage.getItem("live-dismissed") === signature) return
  overlay = createElement("live-problems")
  const shadow = overlay.attachShadow({ mode: "open" })
  shadow.innerHTML = OVERLAY
  const styles = new CSSStyleSheet()
  styles.replaceSync(OVERLAY_STYLES)
  shadow.adoptedStyleSheets = [styles]
  shadow.querySelector("h2").textContent = problems.length === 1 ? "1 problem" : `${problems.length} problems`
  shadow.querySelector("ol").append(...problems.map(createItem))
  const dialog = shadow.querySelector("dialog")
  dialog.addEventListener("close", () => {
    sessionStorage.setItem("live-dismissed", signature)
    hideOverlay()
  })
  focusBefore = document.activeElement
  document.body.append(overlay)
  dialog.showModal()
}
