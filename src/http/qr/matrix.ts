import QRCode from "qrcode";
import type { QrLevel } from "../../domain/qr.ts";

/** The modules of a QR code, row by row; true is dark. */
export type Matrix = { size: number; dark: (row: number, column: number) => boolean };

/** Encodes text. All upper case without `?`, `=`, `_`, `#` makes the smallest code (alphanumeric mode). */
export function encodeQr(text: string, level: QrLevel): Matrix {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: level });
  return { size: modules.size, dark: (row, column) => modules.get(row, column) === 1 };
}

/** The code without the modules under a plate of `plate` modules a side in its middle. */
export function underPlate(matrix: Matrix, plate: number): Matrix {
  const from = (matrix.size - plate) / 2;
  const hidden = (at: number) => at >= from && at < from + plate;
  return {
    size: matrix.size,
    dark: (row, column) => !(hidden(row) && hidden(column)) && matrix.dark(row, column),
  };
}

/** The dark modules as runs: row, first column, length. */
export function* runsOf(matrix: Matrix): Generator<[row: number, column: number, length: number]> {
  for (let row = 0; row < matrix.size; row++) {
    for (let column = 0; column < matrix.size; column++) {
      if (!matrix.dark(row, column)) continue;
      const start = column;
      while (column + 1 < matrix.size && matrix.dark(row, column + 1)) column++;
      yield [row, start, column - start + 1];
    }
  }
}
