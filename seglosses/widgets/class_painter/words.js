// Every word the class painter shows or says, in both languages.
import { WORDS } from "../kit/words.js";
/** @import { Words } from "../kit/words.js" */
/** @satisfies {Record<"en" | "zh", Words>} */
export const STRINGS = {
  en: {
    ...WORDS.en,
    grid: (rows, cols) =>
      `Maps of classes, ${rows} by ${cols} pixels. Arrow keys move, Space paints, 0, 1 and 2 set a class.`,
    hint: "Click or drag. By keyboard: arrows, Space; 0, 1 and 2 set the class.",
    paint: "Paint",
    prediction: "Prediction X",
    target: "Truth Y",
    brush: "with",
    classes: { 0: "background", 1: "lung", 2: "nodule", 255: "no label" },
    names: {},
    cell: (row, col, x, y) => `row ${row}, column ${col}: predicted ${x}, truth ${y}`,
    score: "Score",
    absent: "A class in neither map",
    rules: { "left out": "is left out", "1": "counts 1", "0": "counts 0" },
    table: "Each class against the rest",
    columns: { shared: "pixels in both", predicted: "pixels in X", actual: "pixels in Y" },
    name: "Class",
    averages: {
      pooled: "Pooled",
      weighted: "Weighted by size",
      mean: "Mean of the classes",
      foreground: "Foreground mean",
    },
    known: {
      pooled: "“micro”",
      weighted: "“weighted”",
      mean: "“macro”",
      foreground: "include_background=False",
    },
    legend: "2≠1 says 2, is 1. 2? has no label. Lines: the true lung solid, the true nodule dotted.",
  },
  zh: {
    ...WORDS.zh,
    grid: (rows, cols) =>
      `类别图，${rows} 行 ${cols} 列像素。方向键移动，空格键涂画，数字键 0、1、2 设定类别。`,
    hint: "单击或拖动；键盘用方向键和空格键；0、1、2 设定类别。",
    paint: "涂画",
    prediction: "预测 X",
    target: "真值 Y",
    brush: "画笔",
    classes: { 0: "背景", 1: "肺", 2: "结节", 255: "无标注" },
    names: {
      "the model": "模型",
      "nodule missed": "漏掉结节",
      "all background": "全为背景",
      "perfect": "完美",
    },
    cell: (row, col, x, y) => `第 ${row} 行第 ${col} 列：预测 ${x}，真值 ${y}`,
    score: "分数",
    absent: "两图皆无的类别",
    rules: { "left out": "不计入", "1": "计为 1", "0": "计为 0" },
    table: "每个类别对其余类别",
    columns: { shared: "两者共有的像素", predicted: "X 中的像素", actual: "Y 中的像素" },
    name: "类别",
    averages: {
      pooled: "合并计数",
      weighted: "按大小加权",
      mean: "各类别均值",
      foreground: "前景均值",
    },
    known: {
      pooled: "“micro”",
      weighted: "“weighted”",
      mean: "“macro”",
      foreground: "include_background=False",
    },
    legend: "2≠1：判为 2，实为 1。2?：无标注。线条：实线为真实的肺，点线为真实的结节。",
  },
};
