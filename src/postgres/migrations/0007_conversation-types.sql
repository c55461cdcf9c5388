CREATE TABLE "broadcasts" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "broadcasts_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"local_id" text NOT NULL,
	"type" integer NOT NULL,
	"ttl" bigint NOT NULL,
	"content" "bytea" NOT NULL,
	"options" "bytea" NOT NULL,
	"user_ids" bigint[],
	"cursor" bigint DEFAULT 0 NOT NULL,
	"last_user_id" bigint NOT NULL,
	"total" bigint NOT NULL,
	"sent" bigint DEFAULT 0 NOT NULL,
	"refused" bigint DEFAULT 0 NOT NULL,
	"claimed_by" text DEFAULT '' NOT NULL,
	"claimed_until" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone,
	CONSTRAINT "broadcasts_local_id_unique" UNIQUE("local_id")
);
--> statement-breakpoint
ALTER TABLE "conversations" ADD COLUMN "send_role" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "conversations" ADD COLUMN "persist" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "conversations" ADD COLUMN "webhook" text;--> statement-breakpoint
CREATE INDEX "broadcasts_open" ON "broadcasts" USING btree ("id") WHERE finished_at IS NULL;