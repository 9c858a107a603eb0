CREATE TABLE `campaign_costs` (
	`campaign_id` integer PRIMARY KEY NOT NULL,
	`workspace_id` integer NOT NULL,
	`costs` text NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`campaign_id`) REFERENCES `campaigns`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
ALTER TABLE `participants` ADD `first_confirmed_at` integer;--> statement-breakpoint
-- Who once had a confirmed seat stays known for it, when the seat is given back.
CREATE TRIGGER participants_confirmed_once AFTER UPDATE OF seat_confirmed_at ON participants
WHEN OLD.seat_confirmed_at IS NOT NULL AND NEW.seat_confirmed_at IS NOT OLD.seat_confirmed_at AND OLD.first_confirmed_at IS NULL
BEGIN
  UPDATE participants SET first_confirmed_at = OLD.seat_confirmed_at WHERE id = OLD.id;
END;
