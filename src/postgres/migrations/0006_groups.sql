CREATE TABLE "group_requests" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "group_requests_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"conversation_id" bigint NOT NULL,
	"user_id" bigint NOT NULL,
	"message" text DEFAULT '' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "member_removals" (
	"conversation_id" bigint NOT NULL,
	"user_id" bigint NOT NULL,
	"version" bigint NOT NULL,
	CONSTRAINT "member_removals_conversation_id_user_id_pk" PRIMARY KEY("conversation_id","user_id")
);
--> statement-breakpoint
ALTER TABLE "conversations" ADD COLUMN "avatar" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "conversations" ADD COLUMN "announcement" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "conversations" ADD COLUMN "creator_id" bigint;--> statement-breakpoint
ALTER TABLE "conversations" ADD COLUMN "members_version" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "conversations" ADD COLUMN "member_count" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "members" ADD COLUMN "version" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "group_requests_member" ON "group_requests" USING btree ("conversation_id","user_id");--> statement-breakpoint
CREATE INDEX "group_requests_page" ON "group_requests" USING btree ("conversation_id","id");--> statement-breakpoint
CREATE INDEX "group_requests_user" ON "group_requests" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "member_removals_version" ON "member_removals" USING btree ("conversation_id","version","user_id");--> statement-breakpoint
CREATE INDEX "conversations_owner" ON "conversations" USING btree ("owner_id") WHERE owner_id IS NOT NULL AND NOT dissolved;--> statement-breakpoint
CREATE INDEX "conversations_creator" ON "conversations" USING btree ("creator_id","created_at") WHERE creator_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX "members_version" ON "members" USING btree ("conversation_id","version","user_id");--> statement-breakpoint
CREATE INDEX "members_roles" ON "members" USING btree ("conversation_id") WHERE role > 0;--> statement-breakpoint
UPDATE conversations SET member_count =
  (SELECT count(*) FROM members WHERE conversation_id = conversations.id) WHERE wide;