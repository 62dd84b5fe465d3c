// The price simulator: the chart of a result is drawn when the result has come.

import { mountChart, specOf } from "app/chart";

const draw = () => {
  for (const host of document.querySelectorAll("#simulation [data-chart]:not([data-mounted])")) {
    mountChart(host, specOf(host, "chart"));
  }
};

document.addEventListener("htmx:after:swap", draw);
draw();
