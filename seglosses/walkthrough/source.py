"""The source's own functions, letter by letter, comments included.

For the proofs of the corrections and for comparisons. To train, use the losses of this package, which
return the same on float32 masks and hold where these break. What they are given, all of them:

- ``inputs``: logits, of any shape; contiguous where the function calls ``view``,
- ``targets``: y in [0, 1], as many as ``inputs``; of their shape and type in cross entropy and focal loss,
- ``smooth``: added above and below the bar, in pixels,
- ``alpha``: the weight of the foreground, 1 - ``alpha`` that of the background; ``gamma``: the exponent.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

# fmt: off


def dice_loss(inputs, targets, smooth=1):
    inputs = F.sigmoid(inputs)  # 对输入进行 sigmoid 激活，将其值压缩到 0 到 1 之间
    inputs = inputs.view(-1)    # 将输入展平成一维向量
    targets = targets.view(-1)  # 将目标展平成一维向量
    
    intersection = (inputs * targets).sum()  # 计算交集
    dice = (2. * intersection + smooth) / (inputs.sum() + targets.sum() + smooth)  # smooth 是一个平滑项，防止分母为 0。
    return 1 - dice  # 返回 Dice Loss


def bce_loss(inputs, targets):
    # 对输入进行 sigmoid 激活，将其值压缩到 0 到 1 之间
    inputs = torch.sigmoid(inputs)
    
    # 计算 BCE Loss
    BCE = F.binary_cross_entropy(inputs, targets, reduction='mean')
    return BCE


def bce_dice_loss(inputs, targets, smooth=1):
    # 计算 Dice Loss
    dice = dice_loss(inputs, targets, smooth)
    
    # 计算 BCE Loss
    BCE = F.binary_cross_entropy(F.sigmoid(inputs), targets, reduction='mean')
    
    # 结合 BCE 和 Dice Loss
    Dice_BCE = BCE + dice
    return Dice_BCE


def iou_loss(inputs, targets, smooth=1):
    inputs = F.sigmoid(inputs)
    inputs = inputs.view(-1)
    targets = targets.view(-1)
    
    intersection = (inputs * targets).sum()  # 计算交集
    total = (inputs + targets).sum()         # 计算预测和目标的像素总和
    union = total - intersection             # 计算并集
    
    IoU = (intersection + smooth) / (union + smooth)  # 计算 IoU
    return 1 - IoU  # 返回 IoU Loss


def focal_loss(inputs, targets, alpha=0.25, gamma=2):
   # 计算 BCE Loss
    BCE = F.binary_cross_entropy_with_logits(inputs, targets, reduction='none')
    
    # 计算 p_t
    p_t = torch.exp(-BCE)
    
    # 根据 targets 动态调整 alpha_t
    alpha_t = torch.where(targets == 1, alpha, 1 - alpha)
    
    # 计算 Focal Loss
    focal_loss = alpha_t * (1 - p_t)**gamma * BCE
    
    # 返回均值
    return focal_loss.mean()


# fmt: on

# Beside the losses of the package they go by names of their own.
source_dice_loss: Callable[..., Tensor] = dice_loss
source_bce_loss: Callable[..., Tensor] = bce_loss
source_bce_dice_loss: Callable[..., Tensor] = bce_dice_loss
source_iou_loss: Callable[..., Tensor] = iou_loss
source_focal_loss: Callable[..., Tensor] = focal_loss
