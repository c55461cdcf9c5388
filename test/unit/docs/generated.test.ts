/** The pages that are made from code are what the code gives today, and no link leads nowhere. */
import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { generatedDocs } from "../../../docs/generate.ts";

const ROOT = join(import.meta.dir, "../../..");
const PAGES = ["README.md", ...markdownOf("docs")];

function markdownOf(folder: string): string[] {
  const names = readdirSync(join(ROOT, folder)).filter((name) => name.endsWith(".md"));
  return names.map((name) => `${folder}/${name}`);
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

test("bun run docs would change nothing", () => {
  for (const [path, text] of generatedDocs()) {
    expect(read(path) === text, `${path} is stale: bun run docs`).toBe(true);
  }
});

/** As GitHub makes them. */
function anchorsOf(page: string): string[] {
  return [...page.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replace(/[^\w\s-]/g, "")
      .trim()
      .replaceAll(" ", "-"),
  );
}

function brokenLinks(path: string, page: string): string[] {
  const broken: string[] = [];
  for (const [, link = ""] of page.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (link.startsWith("http")) continue;
    const [file = "", anchor] = link.split("#");
    const target = file === "" ? path : join(dirname(path), file);
    if (!existsSync(join(ROOT, target))) broken.push(link);
    else if (anchor) {
      const text = file === "" ? page : read(target);
      if (!anchorsOf(text).includes(anchor)) broken.push(link);
    }
  }
  return broken;
}

/** Paths in backquotes that look like files of ours; generated files and folders among them. */
function missingFiles(page: string): string[] {
  const paths = [...page.matchAll(/`((?:src|test|proto|docs|bench)\/[\w./-]+)`/g)];
  return paths.map(([, path = ""]) => path).filter((path) => !existsSync(join(ROOT, path)));
}

test("every link and every file that the pages name is there", () => {
  for (const path of PAGES) {
    expect({ path, broken: brokenLinks(path, read(path)) }).toEqual({ path, broken: [] });
    expect({ path, missing: missingFiles(read(path)) }).toEqual({ path, missing: [] });
  }
});

test("a broken link, a missing heading and a missing file are found", () => {
  const page = "# Here\n[a](no.md) [b](#nowhere) [c](#here) `src/no.ts` `src/main.ts`";
  expect(brokenLinks("README.md", page).sort()).toEqual(["#nowhere", "no.md"]);
  expect(missingFiles(page)).toEqual(["src/no.ts"]);
});

test("the README fits on a few screens", () => {
  expect(read("README.md").split("\n").length).toBeLessThan(350);
});
