/* Loads third-party scripts when the reader asks for them. With data-kept, remembers the consent until it is withdrawn. */
const OWN = ["data-ask", "data-kept", "data-back", "data-hash"];
for (const button of document.querySelectorAll("[data-ask]")) {
  const { ask, kept, back, hash } = button.dataset;
  const load = () => {
    const script = document.createElement("script");
    for (const { name, value } of button.attributes)
      if (name.startsWith("data-") && !OWN.includes(name)) script.setAttribute(name, value);
    if (hash) {
      script.integrity = hash;
      script.crossOrigin = "anonymous";
    }
    script.src = ask;
    script.async = true;
    button.parentElement.after(script);
    if (kept) button.textContent = back;
    else button.hidden = true;
  };
  button.hidden = false;
  if (kept && localStorage.getItem(kept)) load();
  button.addEventListener("click", () => {
    if (kept && localStorage.getItem(kept)) {
      /* A running script cannot be stopped: reload the page without it. */
      localStorage.removeItem(kept);
      location.reload();
      return;
    }
    if (kept) localStorage.setItem(kept, "yes");
    load();
  });
}
