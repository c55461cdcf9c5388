/** The simulation, loaded after the stand-in; and schedules run one after the other. */
import { standIn } from "./stand-in.ts";

export async function loadSimulation() {
  standIn();
  const { runSchedule } = await import("./schedule.ts");
  const { PLANTS } = await import("./planted.ts");
  return {
    PLANTS,
    runSchedule,
    /** Runs `body` where no promise is being continued, as a schedule needs it. */
    apart: <Value>(body: () => Value): Promise<Value> =>
      new Promise((resolve, reject) => {
        setImmediate(() => {
          try {
            resolve(body());
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        });
      }),
  };
}
