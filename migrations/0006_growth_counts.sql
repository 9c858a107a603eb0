CREATE TABLE `growth_cells` (
	`campaign_id` integer NOT NULL,
	`slice` integer NOT NULL,
	`part` integer NOT NULL,
	`quarter` integer NOT NULL,
	`people` integer NOT NULL,
	`confirmed` integer NOT NULL,
	`qualified` integer NOT NULL,
	`validated` integer NOT NULL,
	`present` integer NOT NULL,
	`away1` integer NOT NULL,
	`away7` integer NOT NULL,
	`away30` integer NOT NULL,
	`brought` integer NOT NULL,
	`inviters` integer NOT NULL,
	PRIMARY KEY(`campaign_id`, `slice`, `part`, `quarter`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `growth_cycles` (
	`campaign_id` integer NOT NULL,
	`slice` integer NOT NULL,
	`part` integer NOT NULL,
	`span` integer NOT NULL,
	`n` integer NOT NULL,
	PRIMARY KEY(`campaign_id`, `slice`, `part`, `span`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `growth_folds` (
	`campaign_id` integer PRIMARY KEY NOT NULL,
	`workspace_id` integer NOT NULL,
	`upto` integer NOT NULL,
	`target` integer NOT NULL,
	`touched` integer NOT NULL,
	`clearing` integer NOT NULL,
	FOREIGN KEY (`campaign_id`) REFERENCES `campaigns`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `growth_gates` (
	`campaign_id` integer NOT NULL,
	`quarter` integer NOT NULL,
	`people` integer NOT NULL,
	`passed` integer NOT NULL,
	PRIMARY KEY(`campaign_id`, `quarter`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `growth_happened` (
	`campaign_id` integer NOT NULL,
	`kind` integer NOT NULL,
	`quarter` integer NOT NULL,
	`n` integer NOT NULL,
	PRIMARY KEY(`campaign_id`, `kind`, `quarter`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `growth_people` (
	`participant_id` integer PRIMARY KEY NOT NULL,
	`inviter_id` integer,
	`generation` integer NOT NULL,
	`root` integer,
	`marks` integer NOT NULL,
	`brought` integer NOT NULL,
	`qualified` integer
);
--> statement-breakpoint
CREATE TABLE `growth_scans` (
	`campaign_id` integer NOT NULL,
	`part` integer NOT NULL,
	`quarter` integer NOT NULL,
	`n` integer NOT NULL,
	PRIMARY KEY(`campaign_id`, `part`, `quarter`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `growth_step` (
	`participant_id` integer PRIMARY KEY NOT NULL,
	`joined_at` integer NOT NULL,
	`via` integer NOT NULL,
	`inviter_id` integer,
	`generation` integer NOT NULL,
	`root` integer,
	`marks` integer NOT NULL,
	`brought` integer NOT NULL,
	`qualified` integer,
	`confirmed` integer,
	`was_inviter` integer,
	`was_generation` integer,
	`was_root` integer,
	`was_marks` integer,
	`was_brought` integer,
	`was_qualified` integer
);
--> statement-breakpoint
CREATE INDEX `growth_step_inviter` ON `growth_step` (`inviter_id`);--> statement-breakpoint
CREATE TABLE `growth_tails` (
	`name` text PRIMARY KEY NOT NULL,
	`upto` integer NOT NULL,
	`target` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `growth_touches` (
	`id` integer PRIMARY KEY NOT NULL,
	`campaign_id` integer NOT NULL,
	`participant_id` integer NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `growth_touches_campaign` ON `growth_touches` (`campaign_id`,`id`);
--> statement-breakpoint
INSERT INTO growth_tails (name, upto, target) VALUES ('scans', 0, 0), ('evaluations', 0, 0);
--> statement-breakpoint
-- What changes of a person without an entry in the ledger is counted all the same.
CREATE TRIGGER growth_touch_confirmed AFTER UPDATE OF seat_confirmed_at ON participants
WHEN NEW.seat_confirmed_at IS NOT NULL AND OLD.seat_confirmed_at IS NULL AND OLD.first_confirmed_at IS NULL
BEGIN
  INSERT INTO growth_touches (campaign_id, participant_id, at) VALUES (NEW.campaign_id, NEW.id, NEW.seat_confirmed_at);
END;
--> statement-breakpoint
CREATE TRIGGER growth_touch_qualified AFTER UPDATE OF qualified_at ON participants
WHEN NEW.qualified_at IS NOT OLD.qualified_at AND iif(NEW.moved_at IS NULL, NEW.parent_id, NEW.moved_to) IS NULL
BEGIN
  INSERT INTO growth_touches (campaign_id, participant_id, at)
  VALUES (NEW.campaign_id, NEW.id, coalesce(NEW.qualified_at, OLD.qualified_at));
END;
--> statement-breakpoint
-- Where a machine came first with the same marks and was counted as none, the person counts.
CREATE TRIGGER growth_scan_of_person AFTER UPDATE OF kind ON scans
WHEN NEW.kind = 'person' AND OLD.kind <> 'person' AND NEW.id <= (SELECT upto FROM growth_tails WHERE name = 'scans')
BEGIN
  INSERT INTO growth_scans (campaign_id, part, quarter, n)
  SELECT NEW.campaign_id, iif(e.n = 1, -1, iif(i.participant_id IS NULL, i.id, 0)), NEW.at / 900000, 1
  FROM invites i JOIN (SELECT 0 AS n UNION ALL SELECT 1) e WHERE i.id = NEW.invite_id
  ON CONFLICT (campaign_id, part, quarter) DO UPDATE SET n = n + 1;
END;
--> statement-breakpoint
-- Whoever passes the gate at a later try, or no more, and was counted before.
CREATE TRIGGER growth_gate_passed AFTER UPDATE OF result ON evaluations
WHEN (NEW.result = 'pass') <> (OLD.result = 'pass') AND NEW.id <= (SELECT upto FROM growth_tails WHERE name = 'evaluations')
BEGIN
  INSERT INTO growth_gates (campaign_id, quarter, people, passed)
  SELECT NEW.campaign_id, f.created_at / 900000, 0, iif(NEW.result = 'pass', 1, -1) FROM evaluations f
  WHERE f.id = (SELECT min(o.id) FROM evaluations o WHERE o.campaign_id = NEW.campaign_id AND o.identity_hash = NEW.identity_hash)
    AND NOT EXISTS (SELECT 1 FROM evaluations o WHERE o.campaign_id = NEW.campaign_id AND o.identity_hash = NEW.identity_hash
      AND o.id <> NEW.id AND o.result = 'pass' AND o.id <= (SELECT upto FROM growth_tails WHERE name = 'evaluations'))
  ON CONFLICT (campaign_id, quarter) DO UPDATE SET passed = passed + excluded.passed;
END;
