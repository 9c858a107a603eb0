-- A board is asked for by its name, and all of a campaign's boards in its state were looked at for it.
DROP INDEX `boards_campaign`;--> statement-breakpoint
CREATE INDEX `boards_campaign` ON `boards` (`campaign_id`,`state`,`metric`,`starts_at`,`ends_at`,`filter`);
