"use strict";
(() => {
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const main = document.querySelector("main");

  // A click on a column's head sorts the rows below it; averages stay at the end.
  const key = row => row.cells[column] ? row.cells[column].textContent.trim() : "";
  let column = 0;
  const number = /^[<†]*(-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?)(?=$|\s)/;
  const value = text => number.test(text) ? parseFloat(text.match(number)[1]) : NaN;
  // What is no number stays below, whichever way the numbers go.
  const compare = (a, b, sign) => {
    const x = value(key(a)), y = value(key(b));
    return isNaN(x) - isNaN(y) || sign * (isNaN(x) ? key(a).localeCompare(key(b), undefined, {numeric: true}) : x - y);
  };
  const sort = head => {
    const table = head.closest("table"), body = table.tBodies[0];
    const rows = [...body.rows].filter(row => !row.classList.contains("summary"));
    const ends = [...body.rows].filter(row => row.classList.contains("summary"));
    column = head.cellIndex;
    const numeric = rows.some(row => !isNaN(value(key(row))));
    const before = head.getAttribute("aria-sort");
    const down = before ? before === "ascending" : numeric;
    rows.sort((a, b) => compare(a, b, down ? -1 : 1));
    all("th", table.tHead).forEach(other => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    body.append(...rows, ...ends);
  };
  for (const head of all("main table thead th")) {
    head.tabIndex = 0;
    head.title = "sort";
    head.addEventListener("click", () => sort(head));
    head.addEventListener("keydown", event => {
      if (event.key === "Enter") sort(head);
    });
  }

  // Methods that are not ticked leave tables (as columns, or as rows) and figures.
  const methods = main.dataset.methods ? main.dataset.methods.split("\n") : [];
  const show = hidden => {
    for (const mark of all("main g[data-method]")) mark.style.display = hidden.has(mark.dataset.method) ? "none" : "";
    for (const table of all("main table")) {
      const heads = [...table.tHead.rows[0].cells].map(head => head.textContent);
      for (const row of table.rows)
        [...row.cells].forEach((cell, i) => cell.hidden = i > 0 && hidden.has(heads[i]));
      const place = Math.max(heads.indexOf("method"), 0);
      for (const row of table.tBodies[0].rows) row.hidden = hidden.has(row.cells[place].textContent);
    }
  };
  if (methods.length > 1) {
    const form = document.createElement("form");
    form.className = "filter";
    form.append("Methods: ");
    for (const method of methods) {
      const label = document.createElement("label"), box = document.createElement("input");
      box.type = "checkbox";
      box.checked = true;
      box.value = method;
      label.append(box, " " + method);
      form.append(label, " ");
    }
    const update = () => show(new Set(all("input", form).filter(box => !box.checked).map(box => box.value)));
    form.addEventListener("change", update);
    main.before(form);
    update();
  }

  // Prints show what is folded.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("details:not([open])");
    closed.forEach(fold => fold.open = true);
  });
  addEventListener("afterprint", () => closed.forEach(fold => fold.open = false));
})();
