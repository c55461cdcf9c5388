// What verify says of advisories, and when it fails.
import { expect, test } from "bun:test";
import { judgeAudit } from "../../audit.ts";

const advisory = (severity: string) => ({ severity, title: "Bad", url: "https://x.example/1" });

test("a registry that can't be asked fails nothing, and is told of", () => {
  const error = "error: POST https://registry.example/-/npm/v1/security/advisories/bulk - 405";
  const result = judgeAudit("", `bun audit v1\n${error}`);
  expect(result.passed).toBe(true);
  expect(result.name).toContain("not checked");
  expect(result.name).toContain("405");
  expect(judgeAudit('{"error": "x"}', "").name).toContain("not checked");
});

test("advisories fail from high on", () => {
  expect(judgeAudit("{}", "")).toMatchObject({ passed: true, output: "" });
  const low = judgeAudit(JSON.stringify({ ours: [advisory("moderate")] }), "");
  expect(low).toMatchObject({ passed: true });
  expect(low.output).toContain("moderate: ours: Bad");
  const high = judgeAudit(`bun audit\n${JSON.stringify({ ours: [advisory("high")] })}`, "");
  expect(high.passed).toBe(false);
  expect(high.name).toContain("1 high or critical");
});
