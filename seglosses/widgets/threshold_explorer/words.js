// Every word the threshold explorer shows or says, in both languages.
import { WORDS } from "../kit/words.js";
/** @import { Words } from "../kit/words.js" */
/** @typedef {typeof STRINGS["en"] | typeof STRINGS["zh"]} Table */
/** @satisfies {Record<"en" | "zh", Words>} */
export const STRINGS = {
  en: {
    ...WORDS.en,
    model: "Model",
    names: {},
    reading: "Probabilities",
    readings: { raw: "As they are", translated: "Translated" },
    threshold: "Threshold",
    sides: { object: "object", background: "background" },
    outcomes: { tp: "found", fp: "invented", fn: "missed", tn: "left out" },
    across: { raw: "probability p", translated: "share of foreground η that p stands for" },
    plot: (model) => `${model}: pixels by their probability, object above the line, background below it`,
    curves: "Scores over the threshold, as far as it was moved; the table has their values here.",
    scores: { dice: "Dice", iou: "IoU", precision: "Precision", recall: "Recall" },
    score: "score",
    here: (threshold) => `Above ${threshold}`,
    fraction: "of all pixels",
    mean: (images) => `mean of ${images} images`,
    half: "D/2, half of this Dice",
    best:
      "Where more than this share of the pixels just left of the threshold is object, predicting them too raises Dice.",
    legend:
      "A pixel is predicted where its probability is above the threshold. Bars right of the line are predicted. Curves are drawn as far as it was moved.",
    said: (threshold, scores) => `Threshold ${threshold}: ${scores}`,
  },
  zh: {
    ...WORDS.zh,
    model: "模型",
    names: {},
    reading: "概率",
    readings: { raw: "原样", translated: "换算后" },
    threshold: "阈值",
    sides: { object: "目标", background: "背景" },
    outcomes: { tp: "找到", fp: "误检", fn: "漏检", tn: "正确排除" },
    across: { raw: "概率 p", translated: "p 所代表的前景比例 η" },
    plot: (model) => `${model}：像素按概率的分布，线上为目标，线下为背景`,
    curves: "各指标随阈值的变化，画到移动过的地方为止；当前值见表格。",
    scores: { dice: "Dice", iou: "IoU", precision: "精确率", recall: "召回率" },
    score: "指标",
    here: (threshold) => `高于 ${threshold}`,
    fraction: "全部像素",
    mean: (images) => `${images} 幅图像的均值`,
    half: "D/2，即此 Dice 的一半",
    best: "若紧靠阈值左侧的像素中目标的比例高于它，把这些像素也预测为前景，Dice 就会上升。",
    legend: "概率高于阈值的像素被预测为前景；线右侧的柱即为预测。曲线画到移动过的地方为止。",
    said: (threshold, scores) => `阈值 ${threshold}：${scores}`,
  },
};
