-- Whole scores are counted one by one and by 32, 2048 and 262144 (levels 0, -5, -11 and -18), no more by 1, 1024 and
-- 1048576 (levels 30, 40 and 50): a rank summed up a row for each score of a board, up to a thousand of them.
INSERT INTO board_counts (board_id, level, bucket, n)
SELECT board_id, 0, bucket, n FROM board_counts WHERE level = 30;
--> statement-breakpoint
INSERT INTO board_counts (board_id, level, bucket, n)
SELECT board_id, -5, bucket >> 5, sum(n) FROM board_counts WHERE level = 30 GROUP BY board_id, bucket >> 5;
--> statement-breakpoint
INSERT INTO board_counts (board_id, level, bucket, n)
SELECT board_id, -11, bucket >> 11, sum(n) FROM board_counts WHERE level = 30 GROUP BY board_id, bucket >> 11;
--> statement-breakpoint
INSERT INTO board_counts (board_id, level, bucket, n)
SELECT board_id, -18, bucket >> 18, sum(n) FROM board_counts WHERE level = 30 GROUP BY board_id, bucket >> 18;
--> statement-breakpoint
-- As in the migration of the levels of time: what a server of the version before counts goes into the new buckets, too.
CREATE TRIGGER board_scores_new AFTER INSERT ON board_counts WHEN NEW.level = 30
BEGIN
  INSERT INTO board_counts (board_id, level, bucket, n)
    VALUES (NEW.board_id, 0, NEW.bucket, NEW.n), (NEW.board_id, -5, NEW.bucket >> 5, NEW.n),
      (NEW.board_id, -11, NEW.bucket >> 11, NEW.n), (NEW.board_id, -18, NEW.bucket >> 18, NEW.n)
    ON CONFLICT (board_id, level, bucket) DO UPDATE SET n = n + excluded.n;
END;
--> statement-breakpoint
CREATE TRIGGER board_scores_moved AFTER UPDATE ON board_counts WHEN NEW.level = 30
BEGIN
  INSERT INTO board_counts (board_id, level, bucket, n)
    VALUES (NEW.board_id, 0, NEW.bucket, NEW.n - OLD.n), (NEW.board_id, -5, NEW.bucket >> 5, NEW.n - OLD.n),
      (NEW.board_id, -11, NEW.bucket >> 11, NEW.n - OLD.n), (NEW.board_id, -18, NEW.bucket >> 18, NEW.n - OLD.n)
    ON CONFLICT (board_id, level, bucket) DO UPDATE SET n = n + excluded.n;
END;
--> statement-breakpoint
-- The guards of final boards come after a row is written: before it, an update looks each row up twice.
DROP TRIGGER tallies_final_insert;
--> statement-breakpoint
DROP TRIGGER tallies_final_update;
--> statement-breakpoint
CREATE TRIGGER tallies_final_insert AFTER INSERT ON tallies
WHEN EXISTS (SELECT 1 FROM boards b WHERE b.id = NEW.board_id AND b.final_at IS NOT NULL)
BEGIN
  SELECT RAISE(ABORT, 'a final board never changes');
END;
--> statement-breakpoint
CREATE TRIGGER tallies_final_update AFTER UPDATE ON tallies
WHEN EXISTS (SELECT 1 FROM boards b WHERE b.id = OLD.board_id AND b.final_at IS NOT NULL)
BEGIN
  SELECT RAISE(ABORT, 'a final board never changes');
END;
