CREATE TABLE "revocations" (
	"user_id" bigint NOT NULL,
	"device" text NOT NULL,
	"until_ms" bigint NOT NULL,
	CONSTRAINT "revocations_user_id_device_pk" PRIMARY KEY("user_id","device")
);
--> statement-breakpoint
CREATE INDEX "revocations_until" ON "revocations" USING btree ("until_ms");