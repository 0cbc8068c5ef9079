"""What a blinded reader may see of a header: an allow-list, at every depth; the rest is absent."""

from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

KEYWORDS = """
SpecificCharacterSet ImageType SOPClassUID SOPInstanceUID Modality StudyInstanceUID
SeriesInstanceUID SeriesNumber InstanceNumber FrameOfReferenceUID Laterality ImageLaterality
PatientPosition PatientOrientation ViewPosition SamplesPerPixel PhotometricInterpretation
PlanarConfiguration NumberOfFrames Rows Columns BitsAllocated BitsStored HighBit
PixelRepresentation SmallestImagePixelValue LargestImagePixelValue PixelPaddingValue
PixelPaddingRangeLimit PixelAspectRatio RedPaletteColorLookupTableDescriptor
GreenPaletteColorLookupTableDescriptor BluePaletteColorLookupTableDescriptor
RedPaletteColorLookupTableData GreenPaletteColorLookupTableData BluePaletteColorLookupTableData
SegmentedRedPaletteColorLookupTableData SegmentedGreenPaletteColorLookupTableData
SegmentedBluePaletteColorLookupTableData ICCProfile ColorSpace LossyImageCompression
LossyImageCompressionRatio LossyImageCompressionMethod WindowCenter WindowWidth
WindowCenterWidthExplanation VOILUTFunction VOILUTSequence LUTDescriptor LUTData
PresentationLUTShape ModalityLUTSequence RescaleSlope RescaleIntercept RescaleType
ImagePositionPatient ImageOrientationPatient PixelSpacing SliceThickness SpacingBetweenSlices
SliceLocation ImagerPixelSpacing NominalScannedPixelSpacing
EstimatedRadiographicMagnificationFactor PixelSpacingCalibrationType GantryDetectorTilt
SharedFunctionalGroupsSequence PerFrameFunctionalGroupsSequence PixelMeasuresSequence
PlanePositionSequence PlaneOrientationSequence FrameVOILUTSequence
PixelValueTransformationSequence FrameAnatomySequence FrameContentSequence DimensionIndexValues
InStackPositionNumber StackID TemporalPositionIndex DimensionOrganizationSequence
DimensionOrganizationUID DimensionIndexSequence DimensionIndexPointer FunctionalGroupPointer
FrameTime FrameTimeVector FrameIncrementPointer RecommendedDisplayFrameRate CineRate
SequenceOfUltrasoundRegions RegionSpatialFormat RegionDataType RegionFlags RegionLocationMinX0
RegionLocationMinY0 RegionLocationMaxX1 RegionLocationMaxY1 PhysicalUnitsXDirection
PhysicalUnitsYDirection PhysicalDeltaX PhysicalDeltaY ReferencePixelX0 ReferencePixelY0 EchoTime
RepetitionTime InversionTime FlipAngle MagneticFieldStrength EchoNumbers DiffusionBValue KVP
Exposure ConvolutionKernel Units DecayCorrection TotalPixelMatrixColumns TotalPixelMatrixRows
"""


def _tag(keyword: str) -> int:
    tag = tag_for_keyword(keyword)
    assert tag is not None, f"{keyword} is no DICOM keyword"
    return tag


ALLOWED = frozenset(_tag(keyword) for keyword in KEYWORDS.split())
PIXELS = frozenset((0x7FE00008, 0x7FE00009, 0x7FE00010))


def blinded(header: Dataset, label: str, *, keep: frozenset[int] = frozenset()) -> Dataset:
    """Return a header with the allowed attributes alone; the label stands for the patient."""
    shown = _allowed_only(header, ALLOWED | keep)
    shown.PatientID = label
    shown.PatientName = label
    shown.PatientIdentityRemoved = "YES"
    if "file_meta" in header.__dict__:
        shown.file_meta = header.file_meta
    return shown


def _allowed_only(source: Dataset, allowed: frozenset[int]) -> Dataset:
    target = Dataset()
    for tag in list(source.keys()):
        if tag not in allowed:
            continue
        element = source[tag]
        if element.VR == "SQ":
            items = [_allowed_only(item, allowed) for item in element.value]
            target.add_new(tag, "SQ", Sequence(items))
        else:
            target[tag] = element
    return target
