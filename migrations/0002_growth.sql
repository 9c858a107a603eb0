CREATE TABLE `board_counts` (
	`board_id` integer NOT NULL,
	`level` integer NOT NULL,
	`bucket` integer NOT NULL,
	`n` integer NOT NULL,
	PRIMARY KEY(`board_id`, `level`, `bucket`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `boards` (
	`id` integer PRIMARY KEY NOT NULL,
	`workspace_id` integer NOT NULL,
	`campaign_id` integer NOT NULL,
	`metric` text NOT NULL,
	`starts_at` integer NOT NULL,
	`ends_at` integer NOT NULL,
	`filter` text NOT NULL,
	`state` text NOT NULL,
	`built_upto` integer NOT NULL,
	`people` integer NOT NULL,
	`asked_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`final_at` integer,
	`finalises` integer,
	FOREIGN KEY (`campaign_id`) REFERENCES `campaigns`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `boards_kept` ON `boards` (`campaign_id`,`metric`,`starts_at`,`ends_at`,`filter`,`state`) WHERE state IN ('building', 'live');--> statement-breakpoint
CREATE INDEX `boards_campaign` ON `boards` (`campaign_id`,`state`);--> statement-breakpoint
CREATE TABLE `credits` (
	`participant_id` integer PRIMARY KEY NOT NULL,
	`inviter_id` integer,
	`state` integer NOT NULL,
	`qualified_at` integer
);
--> statement-breakpoint
CREATE TABLE `folds` (
	`campaign_id` integer PRIMARY KEY NOT NULL,
	`workspace_id` integer NOT NULL,
	`upto` integer NOT NULL,
	`version` integer NOT NULL,
	`people` integer NOT NULL,
	`folded_at` integer NOT NULL,
	FOREIGN KEY (`campaign_id`) REFERENCES `campaigns`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `tallies` (
	`board_id` integer NOT NULL,
	`participant_id` integer NOT NULL,
	`score` integer NOT NULL,
	`reached_at` integer NOT NULL,
	`ranked` integer NOT NULL,
	PRIMARY KEY(`board_id`, `participant_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `tallies_rank` ON `tallies` (`board_id`,score DESC,`reached_at`,`participant_id`) WHERE ranked = 1;--> statement-breakpoint
CREATE TABLE `campaign_rules` (
	`workspace_id` integer NOT NULL,
	`campaign_id` integer NOT NULL,
	`version` integer NOT NULL,
	`rules` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`campaign_id`, `version`),
	FOREIGN KEY (`campaign_id`) REFERENCES `campaigns`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
DROP INDEX `scores_rank`;--> statement-breakpoint
DROP INDEX `participants_parent`;--> statement-breakpoint
ALTER TABLE `participants` ADD `moved_at` integer;--> statement-breakpoint
ALTER TABLE `participants` ADD `moved_to` integer;--> statement-breakpoint
ALTER TABLE `participants` ADD `level_shift` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `participants` ADD `inviter_id` integer GENERATED ALWAYS AS (iif(moved_at IS NULL, parent_id, moved_to)) VIRTUAL;--> statement-breakpoint
ALTER TABLE `participants` ADD `qualifies_at` integer;--> statement-breakpoint
ALTER TABLE `participants` ADD `qualified_at` integer;--> statement-breakpoint
ALTER TABLE `participants` ADD `standing` text;--> statement-breakpoint
ALTER TABLE `participants` ADD `disqualified_at` integer;--> statement-breakpoint
ALTER TABLE `participants` ADD `credited_via` integer;--> statement-breakpoint
ALTER TABLE `participants` ADD `refusal` text;--> statement-breakpoint
ALTER TABLE `participants` ADD `touches` text;--> statement-breakpoint
CREATE INDEX `participants_inviter` ON `participants` (`inviter_id`,`id`);--> statement-breakpoint
CREATE INDEX `participants_due` ON `participants` (`campaign_id`,`qualifies_at`) WHERE qualifies_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX `participants_touched` ON `participants` (`campaign_id`,`id`) WHERE touches IS NOT NULL;--> statement-breakpoint
ALTER TABLE `waitlist` ADD `credited_via` integer;--> statement-breakpoint
ALTER TABLE `waitlist` ADD `holder_id` integer;--> statement-breakpoint
ALTER TABLE `waitlist` ADD `touches` text;--> statement-breakpoint
ALTER TABLE `campaigns` ADD `rule_version` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `ledger` ADD `from_parent_id` integer;--> statement-breakpoint
ALTER TABLE `ledger` ADD `rule_version` integer;--> statement-breakpoint
ALTER TABLE `ledger` ADD `qualifies_at` integer;--> statement-breakpoint
ALTER TABLE `ledger` ADD `cause` text;--> statement-breakpoint
-- Until now every arrival qualified at once, and all credits are folded anew from the ledger.
UPDATE participants SET qualified_at = joined_at;
--> statement-breakpoint
DELETE FROM scores;
--> statement-breakpoint
INSERT INTO campaign_rules (workspace_id, campaign_id, version, rules, created_at)
SELECT workspace_id, id, 1, json_object('attribution', json(json_extract(settings, '$.attribution')),
  'referral', json(json_extract(settings, '$.referral'))), created_at FROM campaigns;
--> statement-breakpoint
-- A board that is final never changes again, whoever asks.
CREATE TRIGGER boards_final BEFORE UPDATE ON boards WHEN OLD.final_at IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'a final board never changes');
END;
--> statement-breakpoint
CREATE TRIGGER boards_final_kept BEFORE DELETE ON boards WHEN OLD.final_at IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'a final board never changes');
END;
--> statement-breakpoint
CREATE TRIGGER tallies_final_insert BEFORE INSERT ON tallies
WHEN EXISTS (SELECT 1 FROM boards b WHERE b.id = NEW.board_id AND b.final_at IS NOT NULL)
BEGIN
  SELECT RAISE(ABORT, 'a final board never changes');
END;
--> statement-breakpoint
CREATE TRIGGER tallies_final_update BEFORE UPDATE ON tallies
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
