-- Scores lie by participant, then by board: whoever brings somebody moves on several boards at once, and their rows were
-- as many pages. No table refers to this one, so it may be made anew; names and columns stay as versions before know them.
CREATE TABLE `__new_tallies` (
	`participant_id` integer NOT NULL,
	`board_id` integer NOT NULL,
	`score` integer NOT NULL,
	`reached_at` integer NOT NULL,
	`ranked` integer NOT NULL,
	PRIMARY KEY(`participant_id`, `board_id`)
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `__new_tallies` (`participant_id`, `board_id`, `score`, `reached_at`, `ranked`)
SELECT `participant_id`, `board_id`, `score`, `reached_at`, `ranked` FROM `tallies` ORDER BY `participant_id`, `board_id`;
--> statement-breakpoint
DROP TABLE `tallies`;
--> statement-breakpoint
ALTER TABLE `__new_tallies` RENAME TO `tallies`;
--> statement-breakpoint
CREATE INDEX `tallies_rank` ON `tallies` (`board_id`,score DESC,`reached_at`,`participant_id`) WHERE ranked = 1;
--> statement-breakpoint
CREATE INDEX `tallies_unranked` ON `tallies` (`board_id`,`score`) WHERE ranked = 0;
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
--> statement-breakpoint
CREATE TRIGGER tallies_final_delete BEFORE DELETE ON tallies
WHEN EXISTS (SELECT 1 FROM boards b WHERE b.id = OLD.board_id AND b.final_at IS NOT NULL)
BEGIN
  SELECT RAISE(ABORT, 'a final board never changes');
END;
