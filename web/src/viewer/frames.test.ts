import { describe, expect, it } from "vitest";
import type { DicomJson } from "./dicomJson";
import { framesOf } from "./frames";

const ADDRESS = { dicomweb: "/api/tasks/t1/dicomweb", studyUid: "1.2", seriesUid: "1.2.3" };

function slice(uid: string, z: number | null, number: number, more: DicomJson = {}): DicomJson {
  const place: DicomJson =
    z === null
      ? {}
      : {
          "00200032": { vr: "DS", Value: [0, 0, z] },
          "00200037": { vr: "DS", Value: [1, 0, 0, 0, 1, 0] },
        };
  return {
    "00080018": { vr: "UI", Value: [uid] },
    "00200013": { vr: "IS", Value: [number] },
    "00280010": { vr: "US", Value: [64] },
    ...place,
    ...more,
  };
}

describe("frames of a series", () => {
  it("are ordered along the normal of the slices, whatever the numbers say", () => {
    const frames = framesOf(
      ADDRESS,
      [slice("a", 10, 1), slice("b", -5, 2), slice("c", 2.5, 3)],
      "",
    );

    expect(frames.map((frame) => frame.sopInstanceUid)).toEqual(["b", "c", "a"]);
  });

  it("are ordered by instance number when one of them has no place", () => {
    const frames = framesOf(ADDRESS, [slice("a", 1, 3), slice("b", null, 2), slice("c", 9, 1)], "");

    expect(frames.map((frame) => frame.sopInstanceUid)).toEqual(["c", "b", "a"]);
  });

  it("of a multi-frame instance count from one and share its address", () => {
    const many = slice("m", null, 1, { "00280008": { vr: "IS", Value: [3] } });

    const frames = framesOf(ADDRESS, [many], "https://here");

    expect(frames.map((frame) => frame.imageId)).toEqual(
      [1, 2, 3].map(
        (n) =>
          `wadors:https://here/api/tasks/t1/dicomweb/studies/1.2/series/1.2.3/instances/m/frames/${n}`,
      ),
    );
  });

  it("of an enhanced image take the orientation from the shared functional groups", () => {
    const shared: DicomJson = {
      "52009229": {
        vr: "SQ",
        Value: [
          {
            "00209116": {
              vr: "SQ",
              Value: [{ "00200037": { vr: "DS", Value: [0, 1, 0, 0, 0, -1] } }],
            },
          },
        ],
      },
    };

    const frames = framesOf(ADDRESS, [slice("e", null, 1, shared)], "");

    expect(frames[0]?.orientation).toEqual([0, 1, 0, 0, 0, -1]);
  });

  it("leave out reports and bit-packed segmentations, which are no pictures", () => {
    const report: DicomJson = { "00080018": { vr: "UI", Value: ["sr"] } };
    const segmentation = slice("seg", null, 1, { "00280100": { vr: "US", Value: [1] } });

    expect(framesOf(ADDRESS, [report, segmentation], "")).toEqual([]);
  });

  it("of an instance without modality are given one, which Cornerstone needs", () => {
    const [frame] = framesOf(ADDRESS, [slice("a", 1, 1)], "");

    expect(frame?.metadata["00080060"]?.Value).toEqual(["OT"]);
  });
});
