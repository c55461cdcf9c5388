CREATE TABLE "mentions" (
	"user_id" bigint NOT NULL,
	"conversation_id" bigint NOT NULL,
	"seq" bigint NOT NULL,
	CONSTRAINT "mentions_user_id_conversation_id_seq_pk" PRIMARY KEY("user_id","conversation_id","seq")
);
--> statement-breakpoint
ALTER TABLE "conversations" ADD COLUMN "quiet" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "mentions_message" ON "mentions" USING btree ("conversation_id","seq");--> statement-breakpoint
-- Up to which seq the other of two is told that a user has read, where he has read up to `up_to`:
-- less the newest messages that want no receipt of it (flags 64 and 2048), as far as nothing that
-- wants one lies among them. It looks 5000 seqs back at most.
CREATE FUNCTION linnet_told(conversation bigint, reader bigint, up_to bigint) RETURNS bigint
LANGUAGE sql STABLE AS $$
	SELECT coalesce((
		SELECT min(q.seq) - 1 FROM messages q
		WHERE q.conversation_id = conversation AND q.seq <= up_to
			AND q.sender_id <> reader AND q.flags & 2112 <> 0
			AND q.seq > greatest(up_to - 5000, (
				SELECT w.seq FROM messages w
				WHERE w.conversation_id = conversation AND w.seq <= up_to AND w.seq > up_to - 5000
					AND w.sender_id <> reader AND w.flags & 2112 = 0
				ORDER BY w.seq DESC LIMIT 1))), up_to)
$$;--> statement-breakpoint
-- Who was named in messages until now. In wide conversations it was not kept.
INSERT INTO mentions (user_id, conversation_id, seq)
SELECT i.user_id, m.conversation_id, m.seq
FROM inbox i JOIN messages m ON m.id = i.message_id
WHERE i.mentioned AND m.flags & 1 = 0
ON CONFLICT DO NOTHING;
