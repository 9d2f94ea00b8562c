// What is wrong, over the last good page.
const style = `
  dialog { color-scheme: light dark; box-sizing: border-box; width: min(60rem, 100vw - 2rem); max-height: 80vh;
    margin: auto auto 1rem; padding: 1rem 1.25rem; border: 1px solid light-dark(#b3261e, #f2b8b5); border-radius: 4px;
    background: light-dark(#fff, #1c1b1a); color: light-dark(#1b1b1b, #eee); font: 14px/1.5 system-ui, sans-serif }
  dialog::backdrop { background: rgb(0 0 0 / 0.15) }
  header { display: flex; align-items: baseline; justify-content: space-between; gap: 1rem }
  h2 { margin: 0; font-size: 1rem; color: light-dark(#b3261e, #f2b8b5) }
  button { font: inherit }
  ol { margin: 0.75rem 0 0; padding: 0; list-style: none }
  li { padding: 0.5rem 0; border-top: 1px solid light-dark(#ddd, #444) }
  code, pre { font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere }
  p, pre { margin: 0.15rem 0 0; white-space: pre-wrap; overflow-wrap: anywhere }`
const made = (name, text) => Object.assign(document.createElement(name), { textContent: text })
let host = null
let focused = null
const hide = () => {
  if (!host) return
  host.remove()
  host = null
  focused?.focus({ preventScroll: true })
}
const show = (problems) => {
  hide()
  const signature = JSON.stringify(problems)
  if (!problems.length) store({ dismissed: null })
  if (!problems.length || stored().dismissed === signature) return
  host = document.createElement("live-problems")
  const root = host.attachShadow({ mode: "open" })
  const dialog = document.createElement("dialog")
  const head = document.createElement("header")
  const title = made("h2", problems.length === 1 ? "A problem" : `${problems.length} problems`)
  const close = made("button", "Close")
  const list = document.createElement("ol")
  title.id = "title"
  dialog.setAttribute("aria-labelledby", "title")
  for (const { path, line, column, message } of problems) {
    const item = document.createElement("li")
    const place = [path, line, column].filter(Boolean).join(":")
    if (place) item.append(made("code", place))
    // What has several lines shows a place by its columns.
    item.append(made(message.trim().includes("\n") ? "pre" : "p", message))
    list.append(item)
  }
  close.type = "button"
  close.addEventListener("click", () => dialog.close())
  dialog.addEventListener("close", () => {
    store({ dismissed: signature })
    hide()
  })
  head.append(title, close)
  dialog.append(head, list)
  root.append(made("style", style), dialog)
  focused = document.activeElement
  document.body.append(host)
  dialog.showModal()
}
