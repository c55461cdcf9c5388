/** The HTTP API as one `fetch`, for whichever server holds the port. */
import type { Registry } from "prom-client";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Tokens } from "../base/token.ts";
import type { Credentials } from "../gateway/credentials.ts";
import type { Revocation } from "../gateway/revocations.ts";
import type { Acknowledged } from "../gateway/acknowledged.ts";
import type { Receipts } from "../inbox/receipts.ts";
import type { EditChecks } from "../path/edit-checks.ts";
import type { Ingest } from "../path/ingest.ts";
import type { Requests } from "../path/requests.ts";
import type { Sql } from "../postgres/client.ts";
import type { RedisConnection } from "../redis/client.ts";
import { addAdminConversations } from "./admin/conversations.ts";
import { addAdminMessages } from "./admin/messages.ts";
import { addAdminPoison } from "./admin/poison.ts";
import { addAdminServer } from "./admin/server-state.ts";
import { addAdminUsers } from "./admin/users.ts";
import { addAdminWords } from "./admin/words.ts";
import { AdminCalls } from "./admin/calls.ts";
import { createAuthorize } from "./auth.ts";
import { addBroadcast } from "./broadcast.ts";
import { addDocs } from "./docs.ts";
import { Endpoints } from "./endpoints.ts";
import { addFriendRequests } from "./friend-requests.ts";
import { addGroupMembers } from "./group-members.ts";
import { addGroups } from "./groups.ts";
import { addHealth, type Readiness } from "./health.ts";
import { addKick } from "./kick.ts";
import { addMessageOperations } from "./message-operations.ts";
import { addMessageReads } from "./message-reads.ts";
import { addLogin } from "./login.ts";
import { addOutbox } from "./outbox.ts";
import { addPushTokens } from "./push-tokens.ts";
import { addOnline } from "./online.ts";
import type { HttpRates } from "./rates.ts";
import { addOwnConversations } from "./own-conversations.ts";
import { addReads } from "./reads.ts";
import { addRelations } from "./relations.ts";
import { addScheduled } from "./scheduled.ts";
import { addSearch } from "./search.ts";
import { addUserSettings } from "./user-settings.ts";
import { addSend, type SendLimits } from "./send.ts";

export interface ApiParts {
  sql: Sql;
  requests: Requests;
  ingest: Ingest;
  editChecks: EditChecks;
  receipts: Receipts;
  acknowledged: Acknowledged;
  redis: RedisConnection;
  tokens: Tokens;
  credentials: Credentials;
  /** Tells every gateway of a user who is kicked. */
  kicked: (revocation: Revocation) => void;
  /** Told that there is a new broadcast. */
  broadcastMade: () => void;
  rates: HttpRates;
  /** The host application's key. */
  appKey: string;
  /** That of administration, "" for none. */
  adminKey: string;
  clock: Clock;
  log: Log;
  /** That of the database, in every cursor. */
  epoch: string;
  /** One API a registry: it adds its own metrics. */
  registry: Registry;
  ready: () => Readiness;
  /** What a connection may ask, for /asyncapi.json. */
  commands: readonly number[];
  limits: SendLimits & { bodyBytes: number };
}

export interface Api {
  /** Never rejects. `peerAddress` is for the log. */
  fetch(request: Request, peerAddress: string): Response | Promise<Response>;
}

export function createApi(parts: ApiParts): Api {
  const { clock, log, registry, limits, rates } = parts;
  const authorize = createAuthorize(parts);
  const { bodyBytes } = limits;
  const endpoints = new Endpoints({ authorize, rates, bodyBytes, clock, log, registry });
  addLogin(endpoints, parts);
  addKick(endpoints, parts);
  addRelations(endpoints, parts);
  addFriendRequests(endpoints, parts);
  addOwnConversations(endpoints, parts);
  addUserSettings(endpoints, parts);
  addGroups(endpoints, parts);
  addGroupMembers(endpoints, parts);
  addSearch(endpoints, parts);
  addSend(endpoints, parts);
  addBroadcast(endpoints, parts);
  addReads(endpoints, parts);
  addOutbox(endpoints, parts);
  addPushTokens(endpoints, parts);
  addMessageOperations(endpoints, parts);
  addMessageReads(endpoints, parts);
  addScheduled(endpoints, parts);
  addOnline(endpoints, parts);
  const administration = new AdminCalls(endpoints, parts.sql);
  addAdminUsers(administration, parts);
  addAdminConversations(administration, parts);
  addAdminMessages(administration, parts);
  addAdminServer(administration, parts);
  addAdminPoison(administration, parts);
  addAdminWords(administration, parts);
  addHealth(endpoints, parts);
  addDocs(endpoints, parts.commands);
  endpoints.close();
  return { fetch: (request, peerAddress) => endpoints.app.fetch(request, { peerAddress }) };
}
