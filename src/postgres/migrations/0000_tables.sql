CREATE TABLE "applied" (
	"actor_id" bigint NOT NULL,
	"request_key" bigint NOT NULL,
	"code" smallint NOT NULL,
	"conversation_id" bigint NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "applied_actor_id_request_key_pk" PRIMARY KEY("actor_id","request_key")
);
--> statement-breakpoint
CREATE TABLE "conversations" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "conversations_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"type" smallint NOT NULL,
	"pair_low" bigint,
	"pair_high" bigint,
	"name" text DEFAULT '' NOT NULL,
	"owner_id" bigint,
	"join_mode" text DEFAULT 'free' NOT NULL,
	"wide" boolean DEFAULT false NOT NULL,
	"dissolved" boolean DEFAULT false NOT NULL,
	"muted_until" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "events" (
	"id" bigint PRIMARY KEY NOT NULL,
	"conversation_id" bigint NOT NULL,
	"conversation_pts" bigint,
	"cmd" smallint NOT NULL,
	"flags" smallint NOT NULL,
	"actor_id" bigint NOT NULL,
	"local_id" text NOT NULL,
	"content" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "inbox" (
	"user_id" bigint NOT NULL,
	"pts" bigint NOT NULL,
	"message_id" bigint,
	"event_id" bigint,
	"mentioned" boolean,
	CONSTRAINT "inbox_user_id_pts_pk" PRIMARY KEY("user_id","pts")
);
--> statement-breakpoint
CREATE TABLE "members" (
	"conversation_id" bigint NOT NULL,
	"user_id" bigint NOT NULL,
	"role" smallint DEFAULT 0 NOT NULL,
	"joined_seq" bigint DEFAULT 0 NOT NULL,
	"joined_pts" bigint DEFAULT 0 NOT NULL,
	"read_seq" bigint DEFAULT -1 NOT NULL,
	"muted_until" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "members_conversation_id_user_id_pk" PRIMARY KEY("conversation_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"id" bigint PRIMARY KEY NOT NULL,
	"conversation_id" bigint NOT NULL,
	"seq" bigint NOT NULL,
	"sender_id" bigint NOT NULL,
	"dedupe_key" bigint NOT NULL,
	"conversation_pts" bigint,
	"expires_at" timestamp with time zone,
	"cmd" smallint NOT NULL,
	"type" integer NOT NULL,
	"flags" smallint NOT NULL,
	"device_id" text NOT NULL,
	"local_id" text NOT NULL,
	"content" "bytea" NOT NULL,
	"options" "bytea",
	"target" bigint[]
);
--> statement-breakpoint
CREATE TABLE "poison" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "poison_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"entry_id" text NOT NULL,
	"record" "bytea" NOT NULL,
	"error" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "relations" (
	"user_id" bigint NOT NULL,
	"peer_id" bigint NOT NULL,
	"friend" boolean DEFAULT false NOT NULL,
	"blocked" boolean DEFAULT false NOT NULL,
	"remark" text DEFAULT '' NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "relations_user_id_peer_id_pk" PRIMARY KEY("user_id","peer_id")
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"name" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "users_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"external_id" text NOT NULL,
	"nickname" text DEFAULT '' NOT NULL,
	"avatar" text DEFAULT '' NOT NULL,
	"extras" text DEFAULT '' NOT NULL,
	"status" smallint DEFAULT 0 NOT NULL,
	"last_login_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "users_external_id_unique" UNIQUE("external_id")
);
--> statement-breakpoint
CREATE INDEX "applied_age" ON "applied" USING btree ("created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "conversations_pair" ON "conversations" USING btree ("pair_low","pair_high");--> statement-breakpoint
CREATE UNIQUE INDEX "events_conversation_pts" ON "events" USING btree ("conversation_id","conversation_pts") WHERE conversation_pts IS NOT NULL;--> statement-breakpoint
CREATE INDEX "inbox_mentioned" ON "inbox" USING btree ("user_id","pts") WHERE mentioned;--> statement-breakpoint
CREATE INDEX "members_user" ON "members" USING btree ("user_id","conversation_id");--> statement-breakpoint
CREATE UNIQUE INDEX "messages_seq" ON "messages" USING btree ("conversation_id","seq");--> statement-breakpoint
CREATE UNIQUE INDEX "messages_dedupe" ON "messages" USING btree ("conversation_id","dedupe_key");--> statement-breakpoint
CREATE UNIQUE INDEX "messages_conversation_pts" ON "messages" USING btree ("conversation_id","conversation_pts") WHERE conversation_pts IS NOT NULL;--> statement-breakpoint
CREATE INDEX "messages_expiry" ON "messages" USING btree ("expires_at") WHERE expires_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX "messages_target" ON "messages" USING btree ("conversation_id","seq") WHERE target IS NOT NULL;