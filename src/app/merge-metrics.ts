/** The metrics of several processes as one page: each sample says which process it is of. */

interface Metric {
  head: string[];
  samples: string[];
}

/** `pages`: the number of a process and its page in Prometheus' text format. */
export function mergeMetrics(pages: ReadonlyMap<number, string>): string {
  const metrics = new Map<string, Metric>();
  for (const [process, page] of pages) {
    let metric: Metric = { head: [], samples: [] };
    let isNew = false;
    for (const line of page.split("\n")) {
      if (line.startsWith("# HELP ")) {
        const name = line.split(" ", 3)[2] ?? "";
        const held = metrics.get(name);
        isNew = held === undefined;
        metric = held ?? { head: [], samples: [] };
        metrics.set(name, metric);
      }
      if (line.startsWith("#")) {
        if (isNew) metric.head.push(line);
      } else if (line !== "") {
        metric.samples.push(labelled(line, process));
      }
    }
  }
  const lines = [...metrics.values()].flatMap(({ head, samples }) => [...head, ...samples]);
  return `${lines.join("\n")}\n`;
}

function labelled(sample: string, process: number): string {
  const label = `process="${process}"`;
  const name = /^[^\s{]+/.exec(sample)?.[0] ?? "";
  const rest = sample.slice(name.length);
  return rest.startsWith("{") ? `${name}{${label},${rest.slice(1)}` : `${name}{${label}}${rest}`;
}
