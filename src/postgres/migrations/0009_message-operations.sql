CREATE TABLE "deliveries" (
	"conversation_id" bigint NOT NULL,
	"user_id" bigint NOT NULL,
	"seq" bigint NOT NULL,
	CONSTRAINT "deliveries_conversation_id_user_id_pk" PRIMARY KEY("conversation_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "device_receipts" (
	"user_id" bigint NOT NULL,
	"device" text NOT NULL,
	"pts" bigint NOT NULL,
	CONSTRAINT "device_receipts_user_id_device_pk" PRIMARY KEY("user_id","device")
);
--> statement-breakpoint
CREATE TABLE "hidden_messages" (
	"user_id" bigint NOT NULL,
	"conversation_id" bigint NOT NULL,
	"seq" bigint NOT NULL,
	"message_id" bigint NOT NULL,
	CONSTRAINT "hidden_messages_user_id_conversation_id_seq_pk" PRIMARY KEY("user_id","conversation_id","seq")
);
--> statement-breakpoint
CREATE TABLE "message_edits" (
	"message_id" bigint NOT NULL,
	"version" integer NOT NULL,
	"content" "bytea" NOT NULL,
	"replaced_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "message_edits_message_id_version_pk" PRIMARY KEY("message_id","version")
);
--> statement-breakpoint
CREATE TABLE "pins" (
	"conversation_id" bigint NOT NULL,
	"message_id" bigint NOT NULL,
	"user_id" bigint NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "pins_conversation_id_message_id_pk" PRIMARY KEY("conversation_id","message_id")
);
--> statement-breakpoint
CREATE TABLE "reaction_counts" (
	"message_id" bigint NOT NULL,
	"reaction" text NOT NULL,
	"count" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "reaction_counts_message_id_reaction_pk" PRIMARY KEY("message_id","reaction")
);
--> statement-breakpoint
CREATE TABLE "reactions" (
	"message_id" bigint NOT NULL,
	"user_id" bigint NOT NULL,
	"reaction" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "reactions_message_id_user_id_reaction_pk" PRIMARY KEY("message_id","user_id","reaction")
);
--> statement-breakpoint
CREATE TABLE "scheduled_messages" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "scheduled_messages_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"sender_id" bigint NOT NULL,
	"request_key" bigint NOT NULL,
	"send_at" timestamp with time zone NOT NULL,
	"appended_at" timestamp with time zone,
	"conversation_id" bigint NOT NULL,
	"peer_id" bigint NOT NULL,
	"cmd" integer NOT NULL,
	"type" integer NOT NULL,
	"flags" integer NOT NULL,
	"ttl" integer NOT NULL,
	"device_id" text NOT NULL,
	"local_id" text NOT NULL,
	"target" bigint[] NOT NULL,
	"mentions" bigint[] NOT NULL,
	"content" "bytea" NOT NULL,
	"options" "bytea" NOT NULL
);
--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "version" integer;--> statement-breakpoint
CREATE INDEX "hidden_messages_message" ON "hidden_messages" USING btree ("message_id");--> statement-breakpoint
CREATE INDEX "scheduled_messages_due" ON "scheduled_messages" USING btree ("send_at");--> statement-breakpoint
CREATE UNIQUE INDEX "scheduled_messages_request" ON "scheduled_messages" USING btree ("sender_id","request_key");