import { type OpenFile, openFile } from "../database/libsql-file.ts";

/**
 * A second connection to an embedded file, whose commits do not wait for the disk: they outlive the
 * process, but a power cut may take those after the last join or checkpoint. Waiting would hold up
 * every page of the process for each group of scans.
 */
export const openLight = (url: string): OpenFile => openFile(url, { synchronous: "NORMAL" });
