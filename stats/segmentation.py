"""How well a mask fits a reference mask: overlap, volume, surface distances, and their summary."""

from stats.masks import Empty, dice, iou, volume_error
from stats.segmentation_summary import SegmentationSummary, segmentation_summary
from stats.surface_metrics import (
    AverageDistance,
    SurfaceOverlap,
    average_surface_distance,
    hausdorff,
    normalized_surface_dice,
    surface_overlap,
)

__all__ = [
    "AverageDistance",
    "Empty",
    "SegmentationSummary",
    "SurfaceOverlap",
    "average_surface_distance",
    "dice",
    "hausdorff",
    "iou",
    "normalized_surface_dice",
    "segmentation_summary",
    "surface_overlap",
    "volume_error",
]
