// What the project as a whole promises to whoever takes it: a licence, and versions that stay.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CHECKOUT } from "./source.ts";

const read = (name: string) => readFileSync(join(CHECKOUT, name), "utf8");

function looseVersions(manifest: string): string[] {
  const parsed = JSON.parse(manifest) as Record<string, Record<string, string> | undefined>;
  const all = { ...parsed["dependencies"], ...parsed["devDependencies"] };
  return Object.entries(all)
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    .map(([name, version]) => `${name} ${version}`);
}

test("the licence is the whole Apache License 2.0, and package.json names it", () => {
  const licence = read("LICENSE");
  expect(licence).toContain("Apache License\n                           Version 2.0, January 2004");
  expect(licence).toContain("9. Accepting Warranty or Additional Liability.");
  expect(licence).toContain("END OF TERMS AND CONDITIONS");
  expect(JSON.parse(read("package.json"))).toMatchObject({ license: "Apache-2.0" });
});

test("every package is pinned to one version, and a loose one is found", () => {
  expect(looseVersions(read("package.json"))).toEqual([]);
  const planted = '{"dependencies":{"a":"^1.2.3","b":"1.2.3"},"devDependencies":{"c":"latest"}}';
  expect(looseVersions(planted)).toEqual(["a ^1.2.3", "c latest"]);
});

test("bun is no package of ours: npx would take that copy, whose script bun does not run", () => {
  const { dependencies, devDependencies } = JSON.parse(read("package.json")) as {
    dependencies: object;
    devDependencies: object;
  };
  expect({ ...dependencies, ...devDependencies }).not.toHaveProperty("bun");
});

test("the version of bun is the same wherever it is named", () => {
  const { engines } = JSON.parse(read("package.json")) as { engines: { bun: string } };
  expect(read(".ci/run")).toContain(`bun_version=${engines.bun}`);
  expect(read("src/app/up/screen.ts")).toContain(`bun@${engines.bun} `);
});
