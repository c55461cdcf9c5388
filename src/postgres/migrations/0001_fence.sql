-- Fails a statement whose session is not the writer's (see transfer/writer-lock.ts): a comparison in
-- a WHERE clause would report success with no rows after a silent reconnect, this raises LN001.
CREATE FUNCTION linnet_fence(writer text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF current_setting('linnet.writer', true) IS DISTINCT FROM writer THEN
    RAISE EXCEPTION 'this session is not the writer' USING ERRCODE = 'LN001';
  END IF;
  RETURN true;
END
$$;
--> statement-breakpoint
-- What is made once per database: its epoch, the key that signs tokens, the seed of request keys.
INSERT INTO settings (name, value) VALUES
  ('epoch', gen_random_uuid()::text),
  ('tokenKey', replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')),
  ('dedupeSeed', replace(gen_random_uuid()::text, '-', ''))
ON CONFLICT (name) DO NOTHING;
