// What stands under the pointer: the nearest point of each line, with a dot on it.
for (const svg of document.querySelectorAll("svg[data-lines]")) {
  const lines = JSON.parse(svg.dataset.lines).filter((line) => line.points.length);
  const told = svg.parentElement.querySelector("output");
  const dots = lines.map((line) => {
    const dot = document.createElementNS(svg.namespaceURI, "circle");
    dot.setAttribute("class", `tone${line.tone}`);
    dot.setAttribute("r", "4");
    dot.setAttribute("visibility", "hidden");
    return svg.appendChild(dot);
  });
  const nearest = (points, x) =>
    points.reduce((best, point) => (Math.abs(point[0] - x) < Math.abs(best[0] - x) ? point : best));
  svg.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
    const found = lines.map((line) => nearest(line.points, x));
    found.forEach(([at, value], number) => {
      dots[number].setAttribute("cx", at);
      dots[number].setAttribute("cy", value);
      dots[number].setAttribute("visibility", "visible");
    });
    const rows = found.map((point, number) => `${lines[number].name}: ${point[3]}`);
    told.textContent = [found[0]?.[2], ...rows].join("\n");
    told.style.display = "block";
    const left = event.clientX - box.left;
    told.style.left = `${left > box.width / 2 ? left - told.offsetWidth - 4 : left + 28}px`;
    told.style.top = `${event.clientY - box.top + 30}px`;
  });
  svg.addEventListener("pointerleave", () => {
    told.style.display = "none";
    for (const dot of dots) dot.setAttribute("visibility", "hidden");
  });
}
