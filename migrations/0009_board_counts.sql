-- Ranks go by buckets of 8 and 14 bits, no more by those of 4 and 12: fewer rows, which folds find in the cache.
INSERT INTO board_counts (board_id, level, bucket, n)
SELECT board_id, 8, bucket >> 4, sum(n) FROM board_counts WHERE level = 4 GROUP BY board_id, bucket >> 4;
--> statement-breakpoint
INSERT INTO board_counts (board_id, level, bucket, n)
SELECT board_id, 14, bucket >> 6, sum(n) FROM board_counts WHERE level = 8 GROUP BY board_id, bucket >> 6;
--> statement-breakpoint
-- A server of the version before may still fold: what it counts goes into the new buckets, too. The old rows stay for it.
CREATE TRIGGER board_counts_new AFTER INSERT ON board_counts WHEN NEW.level = 4
BEGIN
  INSERT INTO board_counts (board_id, level, bucket, n)
    VALUES (NEW.board_id, 8, NEW.bucket >> 4, NEW.n), (NEW.board_id, 14, NEW.bucket >> 10, NEW.n)
    ON CONFLICT (board_id, level, bucket) DO UPDATE SET n = n + excluded.n;
END;
--> statement-breakpoint
CREATE TRIGGER board_counts_moved AFTER UPDATE ON board_counts WHEN NEW.level = 4
BEGIN
  INSERT INTO board_counts (board_id, level, bucket, n)
    VALUES (NEW.board_id, 8, NEW.bucket >> 4, NEW.n - OLD.n), (NEW.board_id, 14, NEW.bucket >> 10, NEW.n - OLD.n)
    ON CONFLICT (board_id, level, bucket) DO UPDATE SET n = n + excluded.n;
END;
