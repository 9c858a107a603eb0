/** Elements as the text that they stand for. */
export const printed = (element: { toString: () => string }): string => element.toString();
