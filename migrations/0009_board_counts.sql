-- Buckets of 4 and 12 bits make way for buckets of 8 and 14: fewer rows, which folds find in the cache.
INSERT INTO board_counts (board_id, level, bucket, n)
SELECT board_id, 8, bucket >> 4, sum(n) FROM board_counts WHERE level = 4 GROUP BY board_id, bucket >> 4;
--> statement-breakpoint
INSERT INTO board_counts (board_id, level, bucket, n)
SELECT board_id, 14, bucket >> 6, sum(n) FROM board_counts WHERE level = 8 GROUP BY board_id, bucket >> 6;
--> statement-breakpoint
DELETE FROM board_counts WHERE level IN (4, 12);
--> statement-breakpoint
-- A server of the version before, where one still runs, must not fold: it would leave the new buckets out.
CREATE TRIGGER board_counts_levels BEFORE INSERT ON board_counts WHEN NEW.level IN (4, 12)
BEGIN
  SELECT RAISE(ABORT, 'counts of a version before');
END;
