import {
  bce_diceGradient,
  bce_diceLoss,
  bceGradient,
  bceLoss,
  diceGradient,
  diceLoss,
  focalGradient,
  focalLoss,
  iouGradient,
  iouLoss,
} from "./losses.js";

// The losses of logits by their names, with their defaults otherwise. No DOM.

/** @typedef {"bce" | "focal" | "dice" | "iou" | "bce_dice"} Loss */
/** @typedef {{ alpha: number | null, gamma: number }} Focus */

/** @type {Loss[]} */
export const LOSS_NAMES = ["bce", "focal", "dice", "iou", "bce_dice"];
/** @typedef {{ value: (z: number[], y: number[]) => number, gradient: (z: number[], y: number[]) => number[] }} Named */

/** @type {Record<Loss, Named>} */
const BY_NAME = {
  bce: { value: bceLoss, gradient: bceGradient },
  focal: { value: focalLoss, gradient: focalGradient },
  dice: { value: diceLoss, gradient: diceGradient },
  iou: { value: iouLoss, gradient: iouGradient },
  bce_dice: { value: bce_diceLoss, gradient: bce_diceGradient },
};

/**
 * The value of a loss at logits z, and its gradient there; alpha and gamma are those of the focal loss.
 * @type {(loss: Loss, focus: Focus) => Named}
 */
export function lossNamed(loss, { alpha, gamma }) {
  if (loss !== "focal") return BY_NAME[loss];
  return {
    value: (z, y) => focalLoss(z, y, alpha, gamma),
    gradient: (z, y) => focalGradient(z, y, alpha, gamma),
  };
}
