/** Eight-bit RGBA pixels, row by row, as a canvas has them. */
export type Pixels = { width: number; height: number; data: Uint8ClampedArray<ArrayBuffer> };

/** What a picture may measure: the longest side, and all of its pixels. */
export type Bounds = { side: number; pixels: number };

/** The picture scaled to `width` by `height`: each pixel is the mean of what lies under it. */
export function scaled(picture: Pixels, width: number, height: number): Pixels {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    const [top, bottom] = span(y, height, picture.height);
    for (let x = 0; x < width; x++) {
      const [left, right] = span(x, width, picture.width);
      mean(picture, left, right, top, bottom, data, (y * width + x) * 4);
    }
  }
  return { width, height, data };
}

/** The pixels `[from, to)` of `old` that the `at`-th of `now` covers; one at the least. */
function span(at: number, now: number, old: number): [number, number] {
  const from = Math.floor((at * old) / now);
  return [from, Math.max(from + 1, Math.floor(((at + 1) * old) / now))];
}

/** Means weigh by opacity: what cannot be seen has no colour. */
function mean(
  { width, data }: Pixels,
  left: number,
  right: number,
  top: number,
  bottom: number,
  to: Uint8ClampedArray,
  at: number,
): void {
  const sum = [0, 0, 0, 0] as [number, number, number, number];
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const i = (y * width + x) * 4;
      const alpha = data[i + 3] as number;
      sum[0] += (data[i] as number) * alpha;
      sum[1] += (data[i + 1] as number) * alpha;
      sum[2] += (data[i + 2] as number) * alpha;
      sum[3] += alpha;
    }
  }
  const [r, g, b, alpha] = sum;
  if (alpha > 0) to.set([r / alpha, g / alpha, b / alpha, alpha / ((right - left) * (bottom - top))], at);
}

/** The picture no larger than `side` on its longest side. */
export function within(picture: Pixels, side: number): Pixels {
  const shrink = Math.max(picture.width, picture.height) / side;
  if (shrink <= 1) return picture;
  const fit = (length: number) => Math.max(1, Math.round(length / shrink));
  return scaled(picture, fit(picture.width), fit(picture.height));
}

/** Paints a picture on an opaque RGBA canvas with its top left corner at `x`, `y`. */
export function paint(canvas: Pixels, picture: Pixels, x: number, y: number): void {
  for (let row = 0; row < picture.height; row++) {
    for (let column = 0; column < picture.width; column++) {
      const from = (row * picture.width + column) * 4;
      const to = ((y + row) * canvas.width + x + column) * 4;
      const alpha = (picture.data[from + 3] as number) / 255;
      for (let i = 0; i < 3; i++) {
        const below = canvas.data[to + i] as number;
        canvas.data[to + i] = below + ((picture.data[from + i] as number) - below) * alpha;
      }
    }
  }
}

/** An opaque canvas of one colour. */
export function canvasOf(width: number, height: number, [r, g, b]: [number, number, number]): Pixels {
  const data = new Uint8ClampedArray(width * height * 4);
  const word = new Uint32Array(data.buffer);
  data.set([r, g, b, 255]);
  word.fill(word[0] as number);
  return { width, height, data };
}
