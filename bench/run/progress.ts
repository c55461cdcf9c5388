// One line on the terminal that is written over: what runs, and for how long so far.

const FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
const EVERY_MS = 200;

export interface Progress {
  tell: (what: string) => void;
  end(): void;
}

/** Silent where nobody looks: the output is not a terminal. */
export function startProgress(): Progress {
  const startMs = performance.now();
  if (!process.stderr.isTTY) {
    return { tell: (what) => console.error(`${secondsSince(startMs)}  ${what}`), end: () => {} };
  }
  let text = "";
  let turn = 0;
  const draw = (): void => {
    turn += 1;
    const mark = FRAMES[turn % FRAMES.length] ?? "";
    process.stderr.write(`\r\x1b[K${mark} ${secondsSince(startMs)}  ${text}`);
  };
  const timer = setInterval(draw, EVERY_MS);
  return {
    tell(what) {
      text = what;
      draw();
    },
    end() {
      clearInterval(timer);
      process.stderr.write("\r\x1b[K");
    },
  };
}

function secondsSince(startMs: number): string {
  return `${((performance.now() - startMs) / 1000).toFixed(0)} s`;
}
