"""Painters for the page and the notebook: what is drawn in them is a tensor in the next cell."""

from seglosses.widgets.class_painter import ClassPainter
from seglosses.widgets.focal_explorer import FocalExplorer
from seglosses.widgets.gradient_steps import GradientSteps
from seglosses.widgets.grid_painter import GridPainter
from seglosses.widgets.log_reader import LogReader
from seglosses.widgets.loss_comparer import LossComparer
from seglosses.widgets.playground import Playground
from seglosses.widgets.probability_painter import ProbabilityPainter
from seglosses.widgets.question import NumberQuestion, Question
from seglosses.widgets.threshold_explorer import ThresholdExplorer
from seglosses.widgets.training_player import TrainingPlayer

__all__ = [
    "ClassPainter",
    "FocalExplorer",
    "GradientSteps",
    "GridPainter",
    "LogReader",
    "LossComparer",
    "NumberQuestion",
    "Playground",
    "ProbabilityPainter",
    "Question",
    "ThresholdExplorer",
    "TrainingPlayer",
]
