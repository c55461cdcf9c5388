/** The server itself as the sender of a message: for the host application, and for broadcasts. */
import { RECORD_FLAG } from "../transfer/record.ts";
import type { Sender } from "./ingest.ts";

/** What HTTP gives as the device where a request names none. */
export const API_DEVICE = "api";

export const SYSTEM_SENDER: Sender = {
  userId: 0,
  externalId: "",
  device: API_DEVICE,
  flags: RECORD_FLAG.serverApi | RECORD_FLAG.system,
};
