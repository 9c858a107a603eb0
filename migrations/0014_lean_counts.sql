-- Levels and scores that boards went by in versions before end: their rows, and what counted them into today's.
DROP TRIGGER IF EXISTS board_counts_new;
--> statement-breakpoint
DROP TRIGGER IF EXISTS board_counts_moved;
--> statement-breakpoint
DROP TRIGGER IF EXISTS board_scores_new;
--> statement-breakpoint
DROP TRIGGER IF EXISTS board_scores_moved;
--> statement-breakpoint
DELETE FROM `board_counts` WHERE n = 0 OR level IN (4, 12, 30, 40, 50)
  OR level = 8 AND bucket >= 32 << 22 OR level = 20 AND bucket >= 32 << 10;
--> statement-breakpoint
-- Buckets that a fold emptied: it looked for each of those that it took somebody from.
CREATE INDEX `board_counts_zero` ON `board_counts` (`n`) WHERE n = 0;
