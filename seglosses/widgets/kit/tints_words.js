// The words of maps of values, in both languages.
/** @import { Words } from "./words.js" */
/** @satisfies {Record<"en" | "zh", Words>} */
export const TINT_WORDS = {
  en: {
    map: "Map",
    maps: { probability: "Probability", loss: "Loss", gradient: "Gradient" },
    losses: { bce: "BCE", focal: "Focal", dice: "Dice", iou: "IoU", bce_dice: "BCE + Dice" },
    alpha: "α",
    gamma: "γ",
    brush: "Paint p =",
    pixel: (row, col) => `Pixel in row ${row}, column ${col}`,
    cell: (row, col, y, p) => `row ${row}, column ${col}: truth ${y}, p ${p}`,
    unit: { 0: "", 3: "in thousandths", 6: "in millionths" },
    legend: { probability: "p", loss: "loss", gradient: "∂L/∂z" },
    signs: "−: a training step raises p here. +: it lowers p.",
  },
  zh: {
    map: "显示",
    maps: { probability: "概率", loss: "损失", gradient: "梯度" },
    losses: { bce: "BCE", focal: "Focal", dice: "Dice", iou: "IoU", bce_dice: "BCE + Dice" },
    alpha: "α",
    gamma: "γ",
    brush: "涂画 p =",
    pixel: (row, col) => `第 ${row} 行第 ${col} 列的像素`,
    cell: (row, col, y, p) => `第 ${row} 行第 ${col} 列：真值 ${y}，p ${p}`,
    unit: { 0: "", 3: "单位：千分之一", 6: "单位：百万分之一" },
    legend: { probability: "p", loss: "损失", gradient: "∂L/∂z" },
    signs: "−：训练一步会提高此处的 p。+：会降低 p。",
  },
};
