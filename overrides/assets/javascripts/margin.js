/* Wide blocks and notes extend into the margin: what is there is hidden while one of them passes. */

const article = document.querySelector(".content"), margin = document.querySelector(".margin");
let observers = [];

const observe = () => {
  observers.forEach(observer => observer.disconnect());
  observers = [];
  for (const list of margin.children) list.classList.remove("covered");
  const { position, top } = getComputedStyle(margin);
  if (position !== "sticky") return;
  const beside = margin.getBoundingClientRect();
  const covering = [...article.children].filter(block => {
    const { left, right, width } = block.getBoundingClientRect();
    return width && left < beside.right && right > beside.left;
  });
  for (const list of margin.children) {
    /* The part of the window where the list is: at the top of the page, and higher once the reader scrolls. */
    const box = list.getBoundingClientRect(), passing = new Set();
    const start = parseFloat(top) + box.top - beside.top;
    const end = innerHeight - (article.getBoundingClientRect().top + scrollY + box.bottom - beside.top);
    const observer = new IntersectionObserver(
      entries => {
        for (const { target, isIntersecting } of entries) passing[isIntersecting ? "add" : "delete"](target);
        list.classList.toggle("covered", passing.size > 0);
      },
      { rootMargin: `${-start}px 0px ${-end}px` },
    );
    for (const block of covering) observer.observe(block);
    observers.push(observer);
  }
};

if (article && margin) {
  new ResizeObserver(observe).observe(article);
  addEventListener("resize", observe);
  document.addEventListener("notes-placed", observe);
}
