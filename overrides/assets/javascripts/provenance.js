// The switch of a page that opens, or closes, all that says how its facts are known.

const button = document.querySelector(".provenance-switch");
const disclosures = document.querySelectorAll(".provenance");
button.hidden = !disclosures.length;
button.addEventListener("click", () => {
  const open = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(open));
  for (const disclosure of disclosures) disclosure.open = open;
});
