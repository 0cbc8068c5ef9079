"""Kinds of objects (SOP classes) that rules on attributes can clean, and those they cannot."""

from typing import Final

from pydicom._uid_dict import UID_dictionary

from deid.errors import UnsupportedObject

STORAGE_ROOT: Final = "1.2.840.10008.5.1.4."
# Documents, models and voices are identifying inside, where no attribute rule reaches.
NOT_CLEANABLE: Final = frozenset(
    (
        "AudioSRStorageTrial",
        "BasicVoiceAudioWaveformStorage",
        "EncapsulatedCDAStorage",
        "EncapsulatedMTLStorage",
        "EncapsulatedOBJStorage",
        "EncapsulatedPDFStorage",
        "EncapsulatedSTLStorage",
        "GeneralAudioWaveformStorage",
    )
)


def check_object(sop_class_uid: str) -> None:
    """Refuse an object whose SOP class is absent, private, no storage class or not cleanable."""
    if not sop_class_uid:
        raise UnsupportedObject("the SOP class is absent")
    name, _, _, _, keyword = UID_dictionary.get(sop_class_uid, ("", "", "", "", ""))
    if not sop_class_uid.startswith(STORAGE_ROOT) or "Storage" not in keyword:
        raise UnsupportedObject("the SOP class is private, unknown or no storage class")
    if keyword in NOT_CLEANABLE:
        raise UnsupportedObject(f"{name}: what it carries cannot be cleaned by rules on attributes")
